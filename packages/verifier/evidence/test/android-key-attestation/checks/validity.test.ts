import { expect, test } from 'vitest'
import { sequence, text } from '../../../../codec/test/der/encode.ts'
import { codeOf } from '../../codes.ts'
import { name, now, valid, validity, verifying, type ChainTemplate } from '../phone.ts'

const day = 86_400
const skew = 300
const start = Date.UTC(2026, 0, 1) / 1000
const end = Date.UTC(2027, 0, 1) / 1000
const later = validity('2027-01-01', '2030-01-01')
const over = validity('2020-01-01', '2021-01-01')

const at = (template: ChainTemplate, time: number) => codeOf(() => verifying(template, { now: time }))

test.each(['factory', 'remote'] as const)('%s: not yet valid is ANDROID_KEY_NOT_YET_VALID', async (kind) => {
  for (const i of [1, 2]) {
    const template = { kind, certificates: { [i]: { validity: later } } }
    expect(await at(template, now)).toBe('ANDROID_KEY_NOT_YET_VALID')
  }
  expect(await at({ kind }, start - skew)).toBe('accepted')
  expect(await at({ kind }, start - skew - 1)).toBe('ANDROID_KEY_NOT_YET_VALID')
})

test('remote: expired is ANDROID_KEY_EXPIRED', async () => {
  for (const i of [1, 2]) {
    const template = { kind: 'remote', certificates: { [i]: { validity: over } } } as const
    expect(await at(template, now)).toBe('ANDROID_KEY_EXPIRED')
  }
  expect(await at({ kind: 'remote' }, end + skew)).toBe('accepted')
  expect(await at({ kind: 'remote' }, end + skew + 1)).toBe('ANDROID_KEY_EXPIRED')
})

test('factory: expiry does not count', async () => {
  expect(await at({}, end + 3650 * day)).toBe('accepted')
})

test.each([
  ['of neither kind', name(['2.5.4.3', 'Somebody'])],
  [
    'with the name of the remote kind and a serial number',
    name(['2.5.4.3', 'Droid CA2'], ['2.5.4.10', 'Google LLC'], ['2.5.4.5', '1']),
  ],
])('a chain %s: expired is ANDROID_KEY_EXPIRED', async (_, subject) => {
  const template = { certificates: { 1: { issuer: subject, validity: over }, 2: { subject } } }
  expect(await at(template, now)).toBe('ANDROID_KEY_EXPIRED')
})

test.each([
  ['another organization', name(['2.5.4.3', 'Droid CA2'], ['2.5.4.10', 'Somebody'], ['2.5.4.5', '1'])],
  ['in another attribute', name(['2.5.4.11', 'Droid CA2'], ['2.5.4.10', 'Google LLC'], ['2.5.4.5', '1'])],
  ['another common name', name(['2.5.4.3', 'Droid CA3'], ['2.5.4.10', 'Google LLC'], ['2.5.4.5', '1'])],
])('the remote kind is its full name: %s', async (_, subject) => {
  const { claims } = await verifying({ certificates: { 1: { issuer: subject }, 2: { subject } } })
  expect(claims.provisioning).toBe('factory')
})

test('a name below the root that cannot be read: ANDROID_KEY_CERTIFICATE', async () => {
  const subject = sequence(sequence())
  expect(await at({ certificates: { 1: { issuer: subject }, 2: { subject } } }, now)).toBe(
    'ANDROID_KEY_CERTIFICATE',
  )
})

test('dates of leaf and root do not count', async () => {
  for (const i of [0, 3]) {
    for (const dates of [later, over]) {
      expect(await at({ kind: 'remote', certificates: { [i]: { validity: dates } } }, now)).toBe('accepted')
    }
  }
})

test('a date above the leaf that is none: ANDROID_KEY_CERTIFICATE; one in the leaf does not matter', async () => {
  const broken = sequence(text('20260101000000', 0x18), text('20270101000000Z', 0x18))
  expect(await at({ certificates: { 1: { validity: broken } } }, now)).toBe('ANDROID_KEY_CERTIFICATE')
  expect(await at({ certificates: { 0: { validity: broken }, 1: { validity: valid } } }, now)).toBe(
    'accepted',
  )
})
