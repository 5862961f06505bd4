import { describe, expect, test } from 'vitest'
import { integer } from '../../../codec/test/der/encode.ts'
import {
  readStatusList,
  StatusListError,
  type StatusListSnapshot,
  statusListSource,
} from '../../src/android-key-attestation/index.ts'
import { codeOf } from '../codes.ts'
import { verifying } from './phone.ts'

describe('certificates of the chain', () => {
  test.each(['d1', 'c1', 'b1'])(
    'certificate %s revoked: ANDROID_KEY_REVOKED; suspended: ANDROID_KEY_SUSPENDED',
    async (serial) => {
      expect(await codeOf(() => verifying({}, { listed: { [serial]: 'revoked' } }))).toBe(
        'ANDROID_KEY_REVOKED',
      )
      expect(await codeOf(() => verifying({}, { listed: { [serial]: 'suspended' } }))).toBe(
        'ANDROID_KEY_SUSPENDED',
      )
    },
  )

  test('the serial number of the leaf, which is 1 on every device, is not looked up', async () => {
    expect(await codeOf(() => verifying({}, { listed: { 1: 'revoked' } }))).toBe('accepted')
  })

  test.each([
    [0xffn, 'ff'],
    [0x0abcn, 'abc'],
    [0n, '0'],
    [-1n, 'ff'],
    [-0x100n, 'ff00'],
    [0xc000000000000001n, 'c000000000000001'],
  ])('serial number %d is looked up as %s', async (serial, listed) => {
    const template = { certificates: { 1: { serial } } }
    expect(integer(serial).length).toBeGreaterThan(2)
    expect(await codeOf(() => verifying(template, { listed: { [listed]: 'revoked' } }))).toBe(
      'ANDROID_KEY_REVOKED',
    )
  })

  test('a source that cannot answer is a malfunction', async () => {
    const fault = new Error('the list is too old')
    const revocation = { stateOf: () => Promise.reject(fault) }
    await expect(verifying({}, { revocation })).rejects.toBe(fault)
  })
})

describe('status list', () => {
  const list = readStatusList({
    entries: {
      c35747a084470c3135aeefe2b8d40cd6: { status: 'REVOKED', reason: 'KEY_COMPROMISE' },
      '6681152659205225093': { status: 'SUSPENDED', expires: '2020-11-13', comment: 'x' },
      '1': { status: 'PAUSED' },
    },
  })

  const readAt = 1_790_000_000
  const asking = (snapshot: StatusListSnapshot | undefined, now = readAt) =>
    statusListSource(() => snapshot, { maxAge: 3600, now: () => now })

  test('what is listed is revoked or suspended, and what has a status that is not known is revoked', async () => {
    const source = asking({ list, readAt })
    expect(await source.stateOf('c35747a084470c3135aeefe2b8d40cd6')).toBe('revoked')
    expect(await source.stateOf('6681152659205225093')).toBe('suspended')
    expect(await source.stateOf('1')).toBe('revoked')
  })

  test.each(['c35747a084470c3135aeefe2b8d40cd', '5cb8a1b1d2d2f3c5', 'constructor', '__proto__', ''])(
    '%j is not listed',
    async (serial) => {
      expect(await asking({ list, readAt }).stateOf(serial)).toBe('not_listed')
    },
  )

  test('a list that may be used: up to its age, and the one that is current', async () => {
    expect(await asking({ list, readAt }, readAt + 3600).stateOf('2')).toBe('not_listed')
    expect(await asking({ list, readAt }, readAt - 300).stateOf('2')).toBe('not_listed')
    let snapshot = { list, readAt }
    const source = statusListSource(() => snapshot, { maxAge: 3600, now: () => readAt })
    snapshot = { list: readStatusList({ entries: { 2: { status: 'REVOKED' } } }), readAt }
    expect(await source.stateOf('2')).toBe('revoked')
  })

  test.each([
    ['no list', undefined, readAt],
    ['a list that is too old', { list, readAt }, readAt + 3601],
    ['a list of later than now: the clock was set back', { list, readAt }, readAt - 301],
    ['a time that is no number', { list, readAt: Number.NaN }, readAt],
    ['a clock that fails', { list, readAt }, Number.NaN],
  ])('%s: a malfunction, and never that a certificate is not listed', async (_, snapshot, now) => {
    await expect(asking(snapshot, now).stateOf('2')).rejects.toThrow(StatusListError)
    await expect(asking(snapshot, now).stateOf('2')).rejects.toThrow(/\w/)
  })

  test.each(['AB', '0ab', '00AB', 'ab'])(
    'a serial number means the same however it is written: %s',
    async (written) => {
      const source = asking({
        list: readStatusList({ entries: { [written]: { status: 'REVOKED' } } }),
        readAt,
      })
      expect(await source.stateOf('ab')).toBe('revoked')
      expect(await source.stateOf('b')).toBe('not_listed')
    },
  )

  test('the serial number 0 may be listed', async () => {
    expect(
      await asking({ list: readStatusList({ entries: { '00': { status: 'REVOKED' } } }), readAt }).stateOf(
        '0',
      ),
    ).toBe('revoked')
  })

  test('an empty list is a list', async () => {
    expect(await asking({ list: readStatusList({ entries: {} }), readAt }).stateOf('2')).toBe('not_listed')
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', []],
    ['no entries', {}],
    ['entries in a list', { entries: [] }],
    ['a serial number with a sign', { entries: { '-ab': { status: 'REVOKED' } } }],
    ['a serial number with a space after it', { entries: { 'ab ': { status: 'REVOKED' } } }],
    ['a serial number with a prefix', { entries: { '0xab': { status: 'REVOKED' } } }],
    ['an empty serial number', { entries: { '': { status: 'REVOKED' } } }],
    ['an entry without status', { entries: { ab: {} } }],
    ['an entry that is text', { entries: { ab: 'REVOKED' } }],
  ])('%s is no status list', (_, value) => {
    expect(() => readStatusList(value)).toThrow(StatusListError)
    expect(() => readStatusList(value)).toThrow(/\w/)
  })

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('an age of %d is misuse', async (maxAge) => {
    expect(await codeOf(() => statusListSource(() => undefined, { maxAge, now: () => readAt }))).toBe(
      'ERR_INVALID_ARG_VALUE',
    )
  })
})
