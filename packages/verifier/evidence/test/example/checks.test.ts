import { encodeBase64url, utf8 } from '@assay/protocol'
import { describe, expect, test } from 'vitest'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { example } from '../../src/example/index.ts'
import { codeOf } from '../codes.ts'
import { anchorOf, binding, contextWith, genuine, itemOver, now, signer, verifying } from './vendor.ts'

describe('signature', () => {
  const other = fixedKeyPair('P-256', 'other vendor')

  test('one of several anchors is enough', async () => {
    const [vendor] = contextWith().anchors
    const context = contextWith({ anchors: [anchorOf(other.publicKey), vendor] })
    expect((await example.verify(example.parse(itemOver(genuine)), context)).format).toBe('example')
  })

  test('signed by a key that is no anchor: EXAMPLE_SIGNATURE', async () => {
    const parsed = example.parse(itemOver(genuine, other.privateKey))
    expect(await codeOf(() => example.verify(parsed, contextWith()))).toBe('EXAMPLE_SIGNATURE')
  })

  test('another statement under the signature: EXAMPLE_SIGNATURE', async () => {
    const { statement } = itemOver({ ...genuine, device: '1' })
    const parsed = example.parse({ ...itemOver(genuine), statement })
    expect(await codeOf(() => example.verify(parsed, contextWith()))).toBe('EXAMPLE_SIGNATURE')
  })

  test('an anchor that cannot be read is a malfunction', async () => {
    const context = contextWith({ anchors: [{ name: 'broken', publicKey: new Uint8Array([1, 2, 3]) }] })
    const code = await codeOf(() => example.verify(example.parse(itemOver(genuine)), context))
    expect(code).not.toMatch(/^EXAMPLE_/)
    expect(code).not.toBe('accepted')
  })
})

describe('commitment', () => {
  test.each([
    ['another binding', `${binding.slice(0, -1)}G`],
    ['a shorter one', binding.slice(0, -1)],
    ['none', ''],
  ])('made for %s: EXAMPLE_COMMITMENT', async (_, text) => {
    const statement = { ...genuine, commitment: encodeBase64url(utf8(text)) }
    expect(await codeOf(() => verifying(statement))).toBe('EXAMPLE_COMMITMENT')
  })
})

describe('age', () => {
  test.each([now - 120, now, now + 60])('made within the window', async (made_at) => {
    expect(await codeOf(() => verifying({ ...genuine, made_at }))).toBe('accepted')
  })

  test.each([now - 121, now + 61, 0, -1])('made outside of it: EXAMPLE_EXPIRED', async (made_at) => {
    expect(await codeOf(() => verifying({ ...genuine, made_at }))).toBe('EXAMPLE_EXPIRED')
  })
})

describe('app identity', () => {
  const first = { platform: 'android', package: 'com.example.first', signers: ['cd'.repeat(32)] } as const
  const second = {
    platform: 'android',
    package: genuine.package,
    signers: ['ef'.repeat(32), signer],
  } as const

  test('one of several apps, and one of its signers', async () => {
    expect(await codeOf(() => verifying(genuine, contextWith({ apps: [first, second] })))).toBe('accepted')
  })

  test.each([
    ['another package', { ...genuine, package: 'com.example.other' }],
    ['another signer', { ...genuine, signer: '00'.repeat(32) }],
    ['package and signer of two apps', { ...genuine, package: first.package }],
  ])('%s: EXAMPLE_APP_IDENTITY', async (_, statement) => {
    const context = contextWith({ apps: [first, second] })
    expect(await codeOf(() => verifying(statement, context))).toBe('EXAMPLE_APP_IDENTITY')
  })

  test('an app of another platform: EXAMPLE_APP_IDENTITY', async () => {
    const context = contextWith({ apps: [{ platform: 'ios', appId: genuine.package }] })
    expect(await codeOf(() => verifying(genuine, context))).toBe('EXAMPLE_APP_IDENTITY')
  })
})

describe('revocation', () => {
  test.each(['revoked', 'suspended'] as const)('%s: EXAMPLE_REVOKED', async (state) => {
    expect(await codeOf(() => verifying(genuine, contextWith({ state })))).toBe('EXAMPLE_REVOKED')
  })

  test('a source that cannot answer is a malfunction, and never means not listed', async () => {
    const fault = new Error('the list is too old')
    const context = contextWith({ revocation: { stateOf: () => Promise.reject(fault) } })
    await expect(verifying(genuine, context)).rejects.toBe(fault)
  })
})
