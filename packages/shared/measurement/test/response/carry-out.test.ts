import { createHash, createHmac, webcrypto } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  carryOut,
  carryOutSync,
  expectedTags,
  MeasurementError,
  type ImageDigest,
  type Plan,
} from '../../src/index.ts'
import { nodeCrypto } from '../../src/node-crypto.ts'
import { webCrypto } from '../../src/web-crypto.ts'
import { answering, answers, challengeOf, codeOf, hex, planFor } from '../exchange.ts'
import { imageOf, later, noise } from '../synthetic-image.ts'

const contents = { a: noise(5000, 'a'), b: noise(200, 'b'), c: noise(10, 'c') }
const image = imageOf(contents)
const planBytes = await planFor(image)
const challenge = challengeOf('carry out')
const input = await answering(image, planBytes, challenge)

const sha256 = (...parts: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]) =>
  createHmac('sha256', key).update(Buffer.concat(parts)).digest()
const u32 = (value: number) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value])

/** The fold written again from its description, in the plainest way. */
function plainResponse(plan: Plan, digest: ImageDigest): Buffer {
  const k = hmac(digest.image, Buffer.from('assay/resp/1\0'), challenge, sha256(planBytes))
  let chain: Buffer = k
  const left = plan.reads.map((read, index) => ({ read, index }))
  while (left.length > 0) {
    const [{ read, index }] = left.splice(chain.readUInt16BE(0) % left.length, 1) as [(typeof left)[number]]
    const segment = digest.segments[read.segment] as ImageDigest['segments'][number]
    const bytes = contents[segment.name as keyof typeof contents]
    const length = Math.min(read.length, bytes.length)
    const places = bytes.length - length + 1
    const operation = { range: 1, stride: 2, walk: 3 }[read.op]
    for (let step = 0; step < (read.op === 'walk' ? read.count : 1); step++) {
      const parts: Uint8Array[] = [chain, u32(index), Buffer.from([operation]), segment.digest]
      for (let piece = 0; piece < (read.op === 'stride' ? read.count : 1); piece++) {
        const offset = (chain.readUIntBE(2, 6) + (read.op === 'stride' ? piece * read.step : 0)) % places
        parts.push(u32(0), u32(offset), u32(length), bytes.subarray(offset, offset + length))
      }
      chain = sha256(...parts)
    }
  }
  const given = Buffer.from(JSON.stringify(plan.probes.map((name) => [name, answers[name]])))
  return hmac(k, chain, u32(given.length), given, u32(0))
}

describe('carryOut', () => {
  it('gives the response that the description gives', () => {
    expect(hex(carryOutSync(input).response)).toBe(hex(plainResponse(input.plan, input.digest)))
  })

  it('gives the same at once and in time, by node:crypto and by Web Crypto', async () => {
    const expected = carryOutSync(input)
    expect(await carryOut(input)).toEqual(expected)
    expect(await carryOut({ ...input, image: later(image) })).toEqual(expected)
    const web = await carryOut({ ...input, crypto: webCrypto(webcrypto.subtle) })
    expect(hex(web.response)).toBe(hex(expected.response))
    expect(web.tags.map(({ tag }) => hex(tag))).toEqual(expected.tags.map(({ tag }) => hex(tag)))
  })

  it('does not answer at once over a port that answers later', async () => {
    expect(await codeOf(() => carryOutSync({ ...input, image: later(image) }))).toBe('ERR_INVALID_ARG_VALUE')
  })

  it.each(Object.keys(answers))('folds the answer to %s as given', async (name) => {
    const changed = { ...answers, [name]: 'other' }
    expect(hex(carryOutSync({ ...input, probes: changed }).response)).not.toBe(
      hex(carryOutSync(input).response),
    )
  })

  it('tells answers of different types apart, and answers that change places', () => {
    const given = [
      { ...answers, 't.a': true },
      { ...answers, 't.a': 'true' },
      { ...answers, 't.a': 1 },
      { ...answers, 't.a': '1' },
      { ...answers, 't.a': true, 't.b': '' },
    ].map((probes) => hex(carryOutSync({ ...input, probes }).response))
    expect(new Set(given).size).toBe(given.length)
  })

  it('does not mind in which order the answers are listed', () => {
    const reversed = Object.fromEntries(Object.entries(answers).reverse())
    expect(hex(carryOutSync({ ...input, probes: reversed }).response)).toBe(hex(carryOutSync(input).response))
  })

  it('rejects, and does not throw, what it refuses', async () => {
    const refused = carryOut({ ...input, challenge: challengeOf('another epoch', input.plan.epoch + 1) })
    await expect(refused).rejects.toMatchObject({ code: 'PLAN_EPOCH' })
  })

  it('refuses a challenge that is too short to hold its epoch', async () => {
    expect(await codeOf(() => carryOutSync({ ...input, challenge: challenge.subarray(0, 11) }))).toBe(
      'PLAN_EPOCH',
    )
  })

  it('takes a reader that delivers too little for a malfunction, not for a finding', async () => {
    const broken = { ...image, read: () => new Uint8Array(0) }
    const error = await carryOut({ ...input, image: broken }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(MeasurementError)
  })
})

describe('tags', () => {
  it('are HMAC(D, label, challenge) cut to eight bytes, in name order', () => {
    const { tags } = carryOutSync(input)
    expect(tags.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    for (const [i, { digest }] of input.digest.segments.entries()) {
      expect(hex(tags[i]?.tag as Uint8Array)).toBe(
        hex(hmac(digest, Buffer.from('assay/tag/1\0'), challenge).subarray(0, 8)),
      )
    }
  })

  it('show which segment differs', async () => {
    const patched = imageOf({ ...contents, b: noise(200, 'patched') })
    const given = carryOutSync(await answering(patched, planBytes, challenge)).tags
    const expected = expectedTags(input.digest, challenge, nodeCrypto)
    expect(
      given.filter(({ tag }, i) => hex(tag) !== hex(expected[i]?.tag as Uint8Array)).map(({ name }) => name),
    ).toEqual(['b'])
  })

  it('are other ones for another challenge', () => {
    const other = expectedTags(input.digest, challengeOf('other'), nodeCrypto).map(({ tag }) => hex(tag))
    expect(other).not.toContain(hex(carryOutSync(input).tags[0]?.tag as Uint8Array))
  })

  it('take up at most 24 KiB of client data, whatever the names are', () => {
    const segments = Array.from({ length: 4096 }, (_, i) => ({
      name: `"${'\u00fc'.repeat(200)}${i}`,
      digest: noise(32, 'D'),
      length: 1,
    }))
    const tags = expectedTags({ image: noise(32, 'E'), segments }, challenge, nodeCrypto)
    const json = JSON.stringify(
      Object.fromEntries(tags.map(({ name, tag }) => [name, Buffer.from(tag).toString('base64url')])),
    )
    expect(tags.length).toBeGreaterThan(50)
    expect(Buffer.byteLength(json)).toBeLessThanOrEqual(24_576)
  })
})
