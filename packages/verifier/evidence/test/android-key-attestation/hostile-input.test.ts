import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { parseCertificate } from '@assay/codec/x509'
import {
  androidKeyAttestation,
  androidKeyContext,
  AndroidKeyError,
  googleAnchors,
  type AndroidKeyContext,
} from '../../src/android-key-attestation/index.ts'
import { readKeyDescription } from '../../src/android-key-attestation/key-description.ts'
import { chainOf, contextWith, itemOf } from './phone.ts'
import { keyDescription } from './write-key-description.ts'

const folder = path.join(import.meta.dirname, '../../../../../../shared/vectors/android-key-attestation')

interface Vector {
  readonly input: { readonly chain: readonly string[] }
  readonly expect: { readonly verdict: string }
}

/** Chains of genuine phones where they are at hand; one of our own in any case. */
let chains: Buffer[][] = [chainOf(), chainOf({ kind: 'remote' })]
let context: AndroidKeyContext

beforeAll(() => {
  context = androidKeyContext({ ...contextWith(), anchors: [...contextWith().anchors, ...googleAnchors] })
  if (existsSync(folder)) {
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
    const vectors = files.flatMap(
      (name) => (JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as { vectors: Vector[] }).vectors,
    )
    const genuine = vectors.filter(({ expect: { verdict } }) => verdict === 'accept')
    chains = [
      ...chains,
      ...genuine.map(({ input }) => input.chain.map((text) => Buffer.from(text, 'base64'))),
    ]
  } else {
    console.log('not run: the chains of genuine phones are not beside the checkout')
    expect(process.env.ASSAY_REQUIRE_ALL).not.toBe('1')
  }
})

/** Refused with a code of this format and without a value of the evidence, or accepted. */
async function judged(input: unknown): Promise<string> {
  try {
    await androidKeyAttestation.verify(androidKeyAttestation.parse(input), context)
    return 'accepted'
  } catch (error) {
    expect(error).toBeInstanceOf(AndroidKeyError)
    return (error as AndroidKeyError).code
  }
}

const edits = fc.array(
  fc.record({
    certificate: fc.nat(5),
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    kind: fc.constantFrom('flip', 'set', 'insert', 'remove', 'cut', 'repeat'),
    value: fc.nat(255),
  }),
  { minLength: 1, maxLength: 4 },
)

function edit(bytes: Buffer, at: number, kind: string, value: number): Buffer {
  const i = Math.floor(at * bytes.length)
  const [before, after] = [bytes.subarray(0, i), bytes.subarray(i)]
  switch (kind) {
    case 'flip':
    case 'set': {
      const changed = Buffer.from(bytes)
      changed[i] = kind === 'set' ? value : (bytes[i] as number) ^ (1 << (value & 7))
      return changed
    }
    case 'insert':
      return Buffer.concat([before, Buffer.of(value), after])
    case 'remove':
      return Buffer.concat([before, after.subarray(1 + (value & 7))])
    case 'cut':
      return before
    default:
      return Buffer.concat([before, after.subarray(0, value), after])
  }
}

test('a chain with changed bytes is refused with a code, wherever they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), edits, async (which, changes) => {
      const chain = [...(chains[which % chains.length] as Buffer[])]
      for (const { certificate, at, kind, value } of changes) {
        const i = certificate % chain.length
        chain[i] = edit(chain[i] as Buffer, at, kind, value)
      }
      await judged(itemOf(chain))
    }),
  )
})

test('certificates of several phones, in any order, are refused with a code', async () => {
  const picks = fc.array(fc.tuple(fc.nat(), fc.nat(5)), { maxLength: 11 })
  const readAnyway = { encoding: 'ber', booleans: 'any-non-zero' } as const
  const keyOf = (each: Buffer) => Buffer.from(parseCertificate(each, readAnyway).spki).toString('hex')
  const keysOf = (chain: readonly Buffer[]) => chain.map(keyOf).join()
  const wholeByKeys = chains.map(keysOf)
  await fc.assert(
    fc.asyncProperty(picks, async (picked) => {
      const chain = picked.map(([which, i]) => {
        const from = chains[which % chains.length] as Buffer[]
        return from[i % from.length] as Buffer
      })
      // Chance puts a whole chain together now and then: of one phone, or of phones that share the upper certificates' keys.
      if (wholeByKeys.includes(keysOf(chain))) return
      expect(await judged(itemOf(chain))).not.toBe('accepted')
    }),
  )
})

test('any JSON value is refused with a code', async () => {
  const chain = fc.array(fc.oneof(fc.string(), fc.base64String(), fc.jsonValue()))
  const nearly = fc.record({ format: fc.constant('android-key-attestation'), chain })
  await fc.assert(
    fc.asyncProperty(fc.oneof(nearly, fc.jsonValue()), async (input) => {
      expect(await judged(input)).not.toBe('accepted')
    }),
  )
})

test('any bytes in place of a statement are read, or refused with a code', () => {
  const genuine = keyDescription()
  const changed = edits.map((changes) =>
    changes.reduce((bytes, { at, kind, value }) => edit(bytes, at, kind, value), genuine),
  )
  const any = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
  fc.assert(
    fc.property(fc.oneof(changed, any), (bytes) => {
      try {
        readKeyDescription(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(AndroidKeyError)
      }
    }),
  )
})
