import { createHash } from 'node:crypto'
import { expect, expectTypeOf, test } from 'vitest'
import {
  androidKeyAttestation,
  AndroidKeyError,
  androidKeyErrorCodes,
  inspectAttestedKey,
  oneKeyCommitment,
  type AndroidKeyClaims,
} from '../../src/android-key-attestation/index.ts'
import { EvidenceError, type Verified } from '../../src/index.ts'
import { integer, nothing, octets } from '../../../codec/test/der/encode.ts'
import { codeOf } from '../codes.ts'
import {
  chainOf,
  contextWith,
  itemOf,
  keys,
  names,
  provisioningExtension,
  spkiOf,
  valid,
  validity,
  verifying,
  type ChainTemplate,
} from './phone.ts'
import { packageName, rootOfTrust, signer } from './write-key-description.ts'

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

test('a genuine phone: the claims are what hardware, system and chain say', async () => {
  const verified = await verifying()
  expectTypeOf(verified).toEqualTypeOf<Verified<AndroidKeyClaims>>()
  expect(verified).toEqual({
    format: 'android-key-attestation',
    claims: {
      platform: 'android',
      keySha256: sha256(spkiOf(keys.app)),
      attestationKeySha256: sha256(spkiOf(keys.device)),
      serials: ['d1', 'c1', 'b1'],
      anchor: 'vendor',
      anchorSha256: sha256(spkiOf(keys.root)),
      provisioning: 'factory',
      certificatesIssued: null,
      reportedLost: null,
      attestationVersion: 400,
      attestationSecurityLevel: 'TrustedEnvironment',
      keyMintVersion: 400,
      keyMintSecurityLevel: 'TrustedEnvironment',
      verifiedBootState: 'Verified',
      verifiedBootKey: 'b0'.repeat(32),
      verifiedBootHash: 'b1'.repeat(32),
      deviceLocked: true,
      osVersion: 160000,
      osPatchLevel: 202610,
      vendorPatchLevel: 20261005,
      bootPatchLevel: 20261001,
      purposes: [2],
      noAuthRequired: true,
      packageNames: [packageName],
      versionCodes: { [packageName]: 7 },
      signatureDigests: [signer],
      moduleHash: null,
      unknownTags: [],
    },
  })
})

test('missing statements are null, and additional statements become claims', async () => {
  const { claims } = await verifying({
    kind: 'remote',
    statement: {
      version: 2,
      hardware: {
        1: undefined,
        503: undefined,
        704: rootOfTrust({ hash: [] }),
        705: undefined,
        706: undefined,
        718: undefined,
        719: undefined,
        9999: integer(1),
      },
      software: { 724: octets(Buffer.alloc(32, 0xee)), 8888: nothing() },
    },
    certificates: { 1: { extensions: [provisioningExtension(Buffer.from('a2011906d906f5', 'hex'))] } },
  })
  expect(claims).toMatchObject({
    provisioning: 'remote',
    certificatesIssued: 1753,
    reportedLost: true,
    verifiedBootHash: null,
    osVersion: null,
    osPatchLevel: null,
    vendorPatchLevel: null,
    bootPatchLevel: null,
    purposes: [],
    noAuthRequired: false,
    moduleHash: 'ee'.repeat(32),
    unknownTags: [9999, 8888],
  })
})

/** One fault, and then another one that a later check would find. */
const order: readonly (readonly [string, ChainTemplate])[] = [
  ['ANDROID_KEY_CHAIN_LENGTH', { rearrange: ([leaf, device]) => [leaf!, device!] }],
  ['ANDROID_KEY_EXTENSION', { certificates: { 0: { extensions: [], by: keys.other } } }],
  [
    'ANDROID_KEY_REPEATED_KEY',
    { rearrange: (chain) => [...chain, chain[3]!], certificates: { 0: { by: keys.other } } },
  ],
  ['ANDROID_KEY_ANCHOR', { rearrange: (chain) => chain.slice(0, 3), certificates: { 0: { issuer: valid } } }],
  [
    'ANDROID_KEY_ISSUER',
    {
      certificates: {
        0: { issuer: spkiOf(keys.other) },
        1: { validity: validity('2030-01-01', '2031-01-01') },
      },
    },
  ],
  [
    'ANDROID_KEY_NOT_YET_VALID',
    { certificates: { 1: { validity: validity('2030-01-01', '2031-01-01') }, 0: { by: keys.other } } },
  ],
  ['ANDROID_KEY_SIGNATURE', { certificates: { 0: { by: keys.other } }, statement: { version: 5 } }],
  ['ANDROID_KEY_VERSION', { statement: { version: 5, challenge: Buffer.from('x') } }],
  ['ANDROID_KEY_COMMITMENT', { statement: { challenge: Buffer.from('x'), hardware: { 702: integer(2) } } }],
  ['ANDROID_KEY_ORIGIN', { statement: { hardware: { 702: integer(2), 704: undefined } } }],
  [
    'ANDROID_KEY_ROOT_OF_TRUST',
    { statement: { hardware: { 704: undefined }, software: { 709: undefined } } },
  ],
  ['ANDROID_KEY_APPLICATION_ID', { statement: { software: { 709: undefined } } }],
]

test.each(order)('%s is found before what comes after it', async (code, template) => {
  expect(await codeOf(() => verifying(template, { listed: { d1: 'revoked' } }))).toBe(code)
})

test('a module hash that the hardware states goes before that of the system', async () => {
  const of = (byte: number) => ({ 724: octets(Buffer.alloc(32, byte)) })
  const { claims } = await verifying({ statement: { hardware: of(0x11), software: of(0x22) } })
  expect(claims.moduleHash).toBe('11'.repeat(32))
})

test('claims do not change even if the parsed evidence changes', async () => {
  const parsed = androidKeyAttestation.parse(itemOf(chainOf()))
  const { claims } = await androidKeyAttestation.verify(parsed, contextWith())
  const values: unknown[] = Object.values(claims)
  expect(values.every((value) => Object.isFrozen(value))).toBe(true)
  expect(claims.purposes).not.toBe(parsed.statement?.hardware.purpose)
  expect(claims.signatureDigests).not.toBe(parsed.statement?.applicationId?.signatureDigests)
})

test('an inspection makes the same checks but that of the app, and its result cannot be appraised', async () => {
  const inspect = (template: ChainTemplate, changes = {}) =>
    inspectAttestedKey(androidKeyAttestation.parse(itemOf(chainOf(template))), contextWith(changes))
  const found = await inspect({ statement: { software: { 709: undefined } } })
  expectTypeOf(found).not.toExtend<Verified<unknown>>()
  expect(found).toMatchObject({ packageNames: [], signatureDigests: [], versionCodes: {} })
  expect(await codeOf(() => inspect({ certificates: { 0: { by: keys.other } } }))).toBe(
    'ANDROID_KEY_SIGNATURE',
  )
  expect(await codeOf(() => inspect({}, { listed: { c1: 'revoked' } }))).toBe('ANDROID_KEY_REVOKED')
})

test('a chain of three certificates will do', async () => {
  const { claims } = await verifying({
    rearrange: ([leaf, device, , root]) => [leaf!, device!, root!],
    certificates: { 1: { issuer: names.root, by: keys.root } },
  })
  expect(claims.provisioning).toBe('unknown')
})

test('the format has a name and a version', () => {
  expect(androidKeyAttestation.descriptor).toEqual({ name: 'android-key-attestation', version: '1.0' })
})

test('the commitment is the binding in ASCII; that of one key is a digest over the challenge', () => {
  expect(androidKeyAttestation.commitment('abc')).toEqual(new Uint8Array([0x61, 0x62, 0x63]))
  const bytes = Buffer.alloc(48, 7)
  const digest = createHash('sha256').update('assay/android-key/1\0').update(bytes).digest('base64url')
  expect(Buffer.from(oneKeyCommitment(bytes)).toString('ascii')).toBe(digest)
})

test('every code has a message of its own, and is evidence that is bad', () => {
  const errors = androidKeyErrorCodes.map((code) => new AndroidKeyError(code))
  expect(errors.map(({ code }) => code)).toEqual([...androidKeyErrorCodes])
  expect(errors.every((error) => error instanceof EvidenceError)).toBe(true)
  expect(errors.every(({ message }) => message !== '')).toBe(true)
  expect(new Set(errors.map(({ message }) => message)).size).toBe(androidKeyErrorCodes.length)
})
