import { createSecretKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { playIntegrityContext, playIntegrityKeys } from '../../src/play-integrity/index.ts'
import { codeOf } from '../codes.ts'
import {
  contextInput,
  type KeysInput,
  decryptionSecret,
  refusal,
  signer,
  verificationKeys,
} from './google-play.ts'

const p384 = fixedKeyPair('P-384', 'Play')

test('a context keeps what it was given', () => {
  expect(playIntegrityContext(contextInput)).toEqual(contextInput)
  expect(Object.isFrozen(playIntegrityContext(contextInput))).toBe(true)
})

const app = { platform: 'android', package: 'com.example.app', signers: [signer] } as const
test.each([
  ['no commitment', { commitment: new Uint8Array() }],
  ['no type of request', { request: undefined as never }],
  ['no clock', { now: 0 }],
  ['milliseconds', { now: 1e11 }],
  ['no maximum age', { maxAgeSeconds: 0 }],
  ['an endless age', { maxAgeSeconds: Infinity }],
  ['no apps', { apps: [] }],
  ['a nameless app', { apps: [{ ...app, package: '' }] }],
  ['an app without signers', { apps: [{ ...app, signers: [] as never }] }],
  ['an app with an empty signer', { apps: [{ ...app, signers: [''] }] }],
  ['a nameless app besides', { apps: [app, { ...app, package: '' }] }],
  ['an app of another platform', { apps: [{ ...app, platform: 'ios' } as never] }],
  ['a decryption key of 16 bytes', { decryptionKey: createSecretKey(Buffer.alloc(16, 1)) }],
  ['a public decryption key', { decryptionKey: verificationKeys.publicKey }],
  ['a private verification key', { verificationKey: verificationKeys.privateKey }],
  ['a verification key on P-384', { verificationKey: p384.publicKey }],
] satisfies [string, Partial<KeysInput>][])('misuse: %s', async (_, changes) => {
  expect(await codeOf(() => playIntegrityContext({ ...contextInput, ...changes }))).toBe(
    'ERR_INVALID_ARG_VALUE',
  )
})

describe('a context in which Google decodes', () => {
  const { decryptionKey, verificationKey, ...others } = contextInput
  const decode = () => Promise.resolve({})
  const second = { ...app, package: 'com.example.second' }

  test('keeps what it was given', () => {
    expect(playIntegrityContext({ ...others, decode })).toEqual({ ...others, decode })
  })
  test('expects several registrations of one package', () => {
    const apps = [app, { ...app, signers: ['cd'.repeat(32)] as const }]
    expect(playIntegrityContext({ ...others, apps, decode }).apps).toEqual(apps)
  })
  test.each([
    ['nobody who reads tokens', others],
    ['no decryption key', { ...others, verificationKey }],
    ['no verification key', { ...others, decryptionKey }],
    ['no function', { ...others, decode: 'https://play.example' }],
    ['null', { ...others, decode: null }],
    ['keys as well', { ...contextInput, decode }],
    ['the decryption key as well', { ...others, decryptionKey, decode }],
    ['the verification key as well', { ...others, verificationKey, decode }],
    ['several packages', { ...others, decode, apps: [app, second] }],
    ['no apps', { ...others, decode, apps: [] }],
  ])('misuse: %s', async (_, input) => {
    expect(await codeOf(() => playIntegrityContext(input as never))).toBe('ERR_INVALID_ARG_VALUE')
  })
})

describe('keys of the Play Console', () => {
  const decryption = decryptionSecret.toString('base64')
  const verification = verificationKeys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')

  test('are read from their texts', async () => {
    expect(await refusal({}, playIntegrityKeys({ decryption, verification }))).toBe('accepted')
  })
  test.each([
    ['a decryption key of 31 bytes', { verification, decryption: Buffer.alloc(31, 1).toString('base64') }],
    ['an empty decryption key', { verification, decryption: '' }],
    ['a verification key that is none', { decryption, verification: 'AAAA' }],
    [
      'a verification key on P-384',
      { decryption, verification: p384.publicKey.export({ format: 'der', type: 'spki' }).toString('base64') },
    ],
  ])('misuse: %s', async (_, texts) => {
    expect(await codeOf(() => playIntegrityKeys(texts))).toBe('ERR_INVALID_ARG_VALUE')
  })
})
