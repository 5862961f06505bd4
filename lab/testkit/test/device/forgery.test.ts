import { createPublicKey, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { clientDataSigningInput, decodeBase64url, type AttestationRequest } from '@assay/protocol'
import {
  createSoftwareKey,
  forgeAttestation,
  forgeProof,
  readClientData,
  signAttestation,
} from '@assay/testkit'

const key = createSoftwareKey()

function isSigned({ client_data, signature }: AttestationRequest): boolean {
  const publicKey = createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' })
  const input = clientDataSigningInput(decodeBase64url(client_data) as Uint8Array)
  const bytes = decodeBase64url(signature) as Uint8Array
  return verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes)
}

test('client data of any form is signed as it is', () => {
  const signed = signAttestation(Buffer.from('{"a":1,"a":2}'), key)
  expect(isSigned(signed)).toBe(true)
  expect(Buffer.from(signed.client_data, 'base64url').toString()).toBe('{"a":1,"a":2}')
  expect(signed.evidence).toEqual([])
})

test('a recorded attestation is changed in what was asked and signed again', () => {
  const recorded = signAttestation(Buffer.from('{"app":"a.b.c","build":"1"}'), key, [{ format: 'x' }])
  const forged = forgeAttestation(recorded, key, (data) => ({ ...data, build: '2' }))
  expect(readClientData(forged)).toEqual({ app: 'a.b.c', build: '2' })
  expect(forged.evidence).toEqual([{ format: 'x' }])
  expect(isSigned(forged)).toBe(true)
  expect(isSigned({ ...forged, client_data: recorded.client_data })).toBe(false)
})

test('two proofs for one request differ', () => {
  const proof = () => forgeProof(key, 'GET', 'https://api.example.com/')
  expect(proof()).not.toBe(proof())
})
