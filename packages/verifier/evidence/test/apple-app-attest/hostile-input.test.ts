import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  AppAttestError,
  appAttestErrorCodes,
  appleAppAttest,
  attestationContext,
  parseReceipt,
} from '../../src/apple-app-attest/index.ts'
import { attestation, contextInput, itemOf } from './apple-authority.ts'

/** The code with which evidence is refused; any other error is passed on, which fails the property. */
async function refusalOf(object: Buffer, keyId?: Buffer): Promise<string | undefined> {
  try {
    const parsed = appleAppAttest.parse(itemOf(object, keyId))
    await appleAppAttest.verify(parsed, attestationContext(contextInput))
    if (parsed.receipt !== undefined) parseReceipt(parsed.receipt)
    return undefined
  } catch (error) {
    if (error instanceof AppAttestError) return error.code
    throw error
  }
}

/** A few octets replaced, inserted or removed, or the end cut off. */
function mutations(seed: Buffer): fc.Arbitrary<Buffer> {
  const edit = fc.record({
    kind: fc.constantFrom('replace', 'insert', 'remove', 'cut'),
    at: fc.nat(seed.length - 1),
    octet: fc.nat(255),
  })
  return fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) => {
    let bytes = seed
    for (const { kind, at, octet } of edits) {
      const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + (kind === 'insert' ? 0 : 1))]
      if (kind === 'cut') bytes = Buffer.from(before)
      else bytes = Buffer.concat([before, kind === 'remove' ? Buffer.of() : Buffer.of(octet), after])
    }
    return bytes
  })
}

/** Only the receipt may differ: it is signed by itself, and not judged. */
async function refusesMutations(seed: Buffer, keyId?: Buffer): Promise<void> {
  await fc.assert(
    fc.asyncProperty(mutations(seed), async (object) => {
      const code = await refusalOf(object, keyId)
      if (code !== undefined) expect(appAttestErrorCodes).toContain(code)
    }),
  )
}

test('a changed attestation always gives a code of the format', async () => {
  await refusesMutations(attestation())
})

test('arbitrary bytes always give a code of the format', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      expect(appAttestErrorCodes).toContain(await refusalOf(Buffer.from(bytes)))
    }),
  )
})

test('each octet of the signed parts counts', async () => {
  const seed = attestation({ statement: { receipt: undefined } })
  for (let at = 0; at < seed.length; at++) {
    const changed = Buffer.from(seed)
    changed[at]! ^= 1
    expect(await refusalOf(changed), `octet ${at}`).toBeDefined()
  }
})

test('a changed attestation of a real device always gives a code of the format', async () => {
  const folder = path.join(import.meta.dirname, '../../../../../../shared/vectors/apple-app-attest')
  if (!existsSync(folder)) {
    console.log('not run: the evidence vectors are not beside the checkout')
    expect(process.env.ASSAY_REQUIRE_ALL).not.toBe('1')
    return
  }
  const genuine = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap(
      (name) => (JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as { vectors: Vector[] }).vectors,
    )
    .filter(({ input, expect: { verdict } }) => verdict === 'accept' && input.attestation !== undefined)
  expect(genuine.length).toBeGreaterThan(10)
  for (const { input } of genuine) {
    await refusesMutations(Buffer.from(input.attestation!, 'base64'), Buffer.from(input.keyId!, 'base64'))
  }
})

interface Vector {
  readonly input: { readonly attestation?: string; readonly keyId?: string }
  readonly expect: { readonly verdict: string }
}
