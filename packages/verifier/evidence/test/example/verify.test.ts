import { expect, expectTypeOf, test } from 'vitest'
import { example, ExampleError, exampleErrorCodes, type ExampleClaims } from '../../src/example/index.ts'
import { EvidenceError, type Verified } from '../../src/index.ts'
import { codeOf } from '../codes.ts'
import { contextWith, genuine, signer, verifying } from './vendor.ts'

test('a genuine statement becomes verified claims', async () => {
  const verified = await verifying(genuine)
  expectTypeOf(verified).toEqualTypeOf<Verified<ExampleClaims>>()
  expect(verified).toEqual({
    format: 'example',
    claims: {
      platform: 'android',
      package: 'com.example.app',
      signer,
      device: '0badcafe',
      madeAt: genuine.made_at,
    },
  })
})

test('the first check that fails determines the code', async () => {
  const other = { ...genuine, commitment: 'AAAA', made_at: 1, package: 'com.example.other' }
  expect(await codeOf(() => verifying(other, contextWith({ state: 'revoked' })))).toBe('EXAMPLE_COMMITMENT')
})

test('the commitment is the binding in ASCII', () => {
  expect(example.commitment('abc')).toEqual(new Uint8Array([0x61, 0x62, 0x63]))
})

test('every code has a message of its own, and is evidence that is bad', () => {
  const errors = exampleErrorCodes.map((code) => new ExampleError(code))
  expect(errors.map(({ code }) => code)).toEqual([...exampleErrorCodes])
  expect(errors.every((error) => error instanceof EvidenceError)).toBe(true)
  expect(new Set(errors.map(({ message }) => message)).size).toBe(exampleErrorCodes.length)
})
