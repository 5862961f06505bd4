import { expect, expectTypeOf, test } from 'vitest'
import * as evidence from '../src/index.ts'
import * as androidFormat from '../src/android-key-attestation/index.ts'
import * as appleFormat from '../src/apple-app-attest/index.ts'
import * as exampleFormat from '../src/example/index.ts'
import * as playFormat from '../src/play-integrity/index.ts'
import * as softwareFormat from '../src/software/index.ts'
import type { Verified } from '../src/index.ts'

test('nothing outside the package can mark claims as verified', () => {
  for (const exports of [evidence, softwareFormat, exampleFormat, androidFormat, appleFormat, playFormat]) {
    expect(Object.keys(exports)).not.toContain('asVerified')
  }
  const forged = { format: 'software', claims: { measured: true } }
  expectTypeOf(forged).not.toExtend<Verified<unknown>>()
  // @ts-expect-error: the brand cannot be written down outside the port
  const claimed: Verified<unknown> = { format: 'software', claims: {} }
  expect(claimed).toBeDefined()
})

test('parsed evidence is not a verified claim', () => {
  type Parsed = ReturnType<typeof softwareFormat.software.parse>
  expectTypeOf<Parsed>().not.toExtend<Verified<unknown>>()
})
