import { createPublicKey } from 'node:crypto'
import { expect, expectTypeOf, test } from 'vitest'
import * as cbor from '../../../codec/test/cbor/encode.ts'
import {
  AppAttestError,
  appAttestErrorCodes,
  appleAppAttest,
  appleAppAttestAssertion,
  attestationContext,
  type AppAttestClaims,
} from '../../src/apple-app-attest/index.ts'
import { EvidenceError, type Verified } from '../../src/index.ts'
import {
  anchor,
  appId,
  attestation,
  attestedKeys,
  attesting,
  bundleVersion,
  category,
  contextInput,
  itemOf,
  keyIdOf,
  refusal,
  sha256,
} from './apple-authority.ts'

test('a genuine attestation becomes verified claims', async () => {
  const extensions = cbor.map(category(4), bundleVersion('42'))
  const parsed = appleAppAttest.parse(itemOf(attestation({ data: { extensions } })))
  const verified = await appleAppAttest.verify(parsed, attestationContext(contextInput))
  expectTypeOf(verified).toEqualTypeOf<Verified<AppAttestClaims>>()
  const { receipt, ...claims } = verified.claims
  expect(Buffer.from(receipt ?? [])).toEqual(Buffer.from('receipt'))
  // By way of DER: Node 20 can lock itself out in the export of a key that was generated in this process.
  const key = attestedKeys.publicKey.export({ type: 'spki', format: 'der' })
  const { x, y } = createPublicKey({ key, type: 'spki', format: 'der' }).export({ format: 'jwk' })
  expect({ ...verified, claims }).toEqual({
    format: 'apple-app-attest',
    claims: {
      platform: 'ios',
      appId,
      environment: 'production',
      anchorSha256: sha256(anchor.publicKey).toString('hex'),
      counter: 0,
      validationCategory: 4,
      bundleVersion: '42',
      keyId: keyIdOf(attestedKeys).toString('base64url'),
      publicKey: { kty: 'EC', crv: 'P-256', x, y },
      macFullSecurity: false,
      certificate: {
        sha256: sha256(parsed.leaf.encoded).toString('hex'),
        serialNumber: '1267',
        notAfter: Date.parse('2026-11-27T11:00:00Z') / 1000,
      },
    },
  })
})

test('missing statements do not become claims', async () => {
  const claims = await attesting({ statement: { receipt: undefined } })
  for (const name of ['receipt', 'validationCategory', 'bundleVersion', 'codeDirectoryHash']) {
    expect(claims).not.toHaveProperty(name)
  }
})

test('the first check that fails determines the code', async () => {
  const wrong = { data: { counter: 1, appId: 'other' }, keyId: Buffer.alloc(32) }
  expect(await refusal(wrong)).toBe('APP_ATTEST_KEY_ID')
  expect(await refusal({ ...wrong, leaf: { hash: 'sha512' } })).toBe('APP_ATTEST_LEAF_SIGNATURE')
})

test('the two formats have names and versions', () => {
  expect(appleAppAttest.descriptor).toEqual({ name: 'apple-app-attest', version: '1.0' })
  expect(appleAppAttestAssertion.descriptor).toEqual({ name: 'apple-app-attest-assertion', version: '1.0' })
})

test('the commitment is the SHA-256 of the binding in ASCII', () => {
  expect(Buffer.from(appleAppAttest.commitment('abc'))).toEqual(sha256('abc'))
  expect(appleAppAttestAssertion.commitment).toBe(appleAppAttest.commitment)
})

test('the client data hash is not hashed again, and has any length', async () => {
  const commitment = Buffer.from('example_server_challenge')
  expect(await refusal({ commitment }, { commitment })).toBe('accepted')
})

test('every code has a message of its own, and is evidence that is bad', () => {
  const errors = appAttestErrorCodes.map((code) => new AppAttestError(code))
  expect(errors.map(({ code }) => code)).toEqual([...appAttestErrorCodes])
  expect(errors.every((error) => error instanceof EvidenceError)).toBe(true)
  expect(errors.every(({ message }) => message !== '')).toBe(true)
  expect(new Set(errors.map(({ message }) => message)).size).toBe(appAttestErrorCodes.length)
})
