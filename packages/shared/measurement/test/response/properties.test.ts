import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  carryOutSync,
  checkPlanFits,
  checkResponse,
  digestImage,
  parsePlan,
  planSeed,
  type CodeImage,
  type PlanInput,
} from '../../src/index.ts'
import { nodeCrypto } from '../../src/node-crypto.ts'
import { answering, answers, challengeOf, codeOf, epoch, hex, planFor, responseOf } from '../exchange.ts'
import { counting, imageOf, largeImage, noise } from '../synthetic-image.ts'

const contents = {
  'classes.dex': noise(60_000, 'dex'),
  'classes2.dex': noise(9_000, 'dex2'),
  'lib/arm64-v8a/libapp.so': noise(30_000, 'so'),
  'assets/app.js': noise(700, 'js'),
  tiny: noise(10, 'tiny'),
}
const image = imageOf(contents)
const planBytes = await planFor(image)
const challenge = challengeOf('own')
const response = await responseOf(image, planBytes, challenge)

describe('P1: a response fits its own challenge only', () => {
  it('is accepted for its own challenge', async () => {
    const input = await answering(image, planBytes, challenge)
    expect(checkResponse(input, Buffer.from(response, 'hex'))).toEqual({ matches: true, live: 'not_asked' })
  })

  it('is refused for every challenge that differs in a bit', async () => {
    const input = await answering(image, planBytes, challenge)
    const outsideEpoch = fc.nat(47).filter((at) => at < 8 || at > 11)
    fc.assert(
      fc.property(outsideEpoch, fc.nat(7), (at, bit) => {
        const other = challenge.slice()
        other[at] = (other[at] as number) ^ (1 << bit)
        expect(checkResponse({ ...input, challenge: other }, Buffer.from(response, 'hex'))).toEqual({
          matches: false,
        })
      }),
    )
  })

  it('is refused when it is cut, longer, or not the same in the last bit', async () => {
    const input = await answering(image, planBytes, challenge)
    const bytes = Buffer.from(response, 'hex')
    const last = Buffer.from(bytes)
    last[31] = (last[31] as number) ^ 1
    for (const wrong of [bytes.subarray(0, 31), Buffer.concat([bytes, bytes]), Buffer.alloc(0), last]) {
      expect(checkResponse(input, wrong)).toEqual({ matches: false })
    }
  })
})

describe('P2: one flipped bit anywhere in the coverage changes the response', () => {
  const flipped = async (name: keyof typeof contents, at: number, bit: number) => {
    const bytes = contents[name].slice()
    bytes[at] = (bytes[at] as number) ^ (1 << bit)
    return responseOf(imageOf({ ...contents, [name]: bytes }), planBytes, challenge)
  }

  it.each(Object.keys(contents) as (keyof typeof contents)[])(
    'in the first and the last byte of %s',
    async (name) => {
      expect(await flipped(name, 0, 0)).not.toBe(response)
      expect(await flipped(name, contents[name].length - 1, 7)).not.toBe(response)
    },
  )

  it('in any byte', async () => {
    const place = fc
      .constantFrom(...(Object.keys(contents) as (keyof typeof contents)[]))
      .chain((name) =>
        fc.record({ name: fc.constant(name), at: fc.nat(contents[name].length - 1), bit: fc.nat(7) }),
      )
    await fc.assert(
      fc.asyncProperty(place, async ({ name, at, bit }) => {
        expect(await flipped(name, at, bit)).not.toBe(response)
      }),
    )
  })

  it('in a byte that changed after the digest, when a fresh read falls on it', async () => {
    const input = await answering(image, planBytes, challenge)
    const patched = Object.fromEntries(
      Object.entries(contents).map(([name, bytes]) => [name, bytes.map((b) => b ^ 1)]),
    )
    expect(hex(carryOutSync({ ...input, image: imageOf(patched) }).response)).not.toBe(response)
  })
})

describe('P3: the bytes read for a response do not grow with the image', () => {
  const megabytes = (size: number): CodeImage =>
    largeImage({ 'classes.dex': (size << 20) - 300_000, 'lib/a.so': 200_000, 'assets/app.js': 100_000 })

  it('are equal, and at most 128 KiB, for 1, 32 and 256 MB', async () => {
    const read: number[] = []
    for (const size of [1, 32, 256]) {
      const large = megabytes(size)
      const bytes = await planFor(large)
      const plan = parsePlan(bytes)
      // The digest of 256 MB is made once per epoch and is not what is counted; its value does not matter here.
      const segments = large.segments.map(({ name, length }) => ({ name, length, digest: noise(32, name) }))
      const digest = { image: noise(32, 'E'), segments }
      const reader = counting(large)
      const input = {
        plan,
        planBytes: bytes,
        challenge,
        digest,
        image: reader,
        crypto: nodeCrypto,
        probes: answers,
      }
      await checkResponse(input, new Uint8Array(32))
      read.push(reader.bytesRead())
    }
    expect(new Set(read).size).toBe(1)
    expect(read[0]).toBe(16_384)
  })
})

describe('P5: a malformed or hostile plan is refused before anything is read', () => {
  const hostile: [string, (plan: Record<string, unknown>) => unknown, string][] = [
    ['no plan', () => 'plan', 'PLAN_MALFORMED'],
    ['members besides', (plan) => ({ ...plan, path: '/data' }), 'PLAN_MALFORMED'],
    [
      'more bytes',
      (plan) => ({ ...plan, reads: [{ op: 'walk', segment: 0, length: 4096, count: 64 }] }),
      'PLAN_BUDGET',
    ],
    ['no bytes', (plan) => ({ ...plan, reads: [] }), 'PLAN_MALFORMED'],
    [
      'a segment outside',
      (plan) => ({ ...plan, reads: [{ op: 'range', segment: 5, length: 1 }] }),
      'PLAN_SEGMENT',
    ],
    ['a function', (plan) => ({ ...plan, live: { show: ['x'], run: [] } }), 'PLAN_FUNCTION'],
    ['an exercise', (plan) => ({ ...plan, live: { show: [], run: ['x'] } }), 'PLAN_FUNCTION'],
    [
      'an inherited exercise',
      (plan) => ({ ...plan, live: { show: [], run: ['constructor'] } }),
      'PLAN_FUNCTION',
    ],
    [
      'a probe without answer',
      (plan) => ({ ...plan, probes: ['t.a', 't.b', 't.c', 't.x'] }),
      'PROBE_ANSWERS',
    ],
    ['fewer probes than answers', (plan) => ({ ...plan, probes: ['t.a'] }), 'PROBE_ANSWERS'],
    ['another epoch', (plan) => ({ ...plan, epoch: epoch + 1 }), 'PLAN_EPOCH'],
  ]
  it.each(hostile)('%s', async (_name, change, code) => {
    const reader = counting(image)
    const { digest } = await answering(image, planBytes, challenge)
    const bytes = Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(planBytes).toString()))))
    const work = () => {
      const plan = parsePlan(bytes)
      const probes = Object.fromEntries(plan.probes.map((name) => [name, true]))
      checkPlanFits(plan, image.segments, { ...plan, probes, functions: {}, exercises: {} })
      const input = { plan, planBytes: bytes, challenge, digest, image: reader, crypto: nodeCrypto }
      return checkResponse({ ...input, probes: answers }, new Uint8Array(32))
    }
    expect(await codeOf(work)).toBe(code)
    expect(reader.reads).toEqual([])
  })
})

describe('P6: no two challenges share keys or offsets', () => {
  it('holds for a thousand challenges', async () => {
    const large = largeImage({ 'classes.dex': 8_000_000 })
    const bytes = await planFor(large)
    const input = await answering(large, bytes, challenge)
    const keys = new Set<string>()
    const journeys = new Set<string>()
    const firsts = new Set<string>()
    for (let i = 0; i < 1000; i++) {
      const reader = counting(large)
      const crypto: typeof nodeCrypto = {
        ...nodeCrypto,
        hmacSha256(key, parts) {
          if (key.length === 32 && key !== input.digest.image) keys.add(hex(key))
          return nodeCrypto.hmacSha256(key, parts)
        },
      }
      await checkResponse(
        { ...input, challenge: challengeOf(`challenge ${i}`), image: reader, crypto },
        new Uint8Array(32),
      )
      const places = reader.reads.map(({ offset, length }) => `${offset}+${length}`)
      journeys.add(places.join())
      firsts.add(places.slice(0, 3).join())
    }
    expect(keys.size).toBe(1000)
    expect(journeys.size).toBe(1000)
    expect(firsts.size).toBe(1000)
  })

  it('takes the reads in an order that the challenge decides', async () => {
    const orders = new Set<string>()
    for (let i = 0; i < 20; i++) {
      const reader = counting(image)
      carryOutSync({ ...(await answering(image, planBytes, challengeOf(`order ${i}`))), image: reader })
      orders.add(reader.reads.map((read) => read.name).join())
    }
    expect(orders.size).toBe(20)
  })
})

describe('P8: another plan, and segments renamed, reordered or split', () => {
  const expected = () => answering(image, planBytes, challenge)
  const refusedFor = async (other: CodeImage, bytes: Uint8Array) => {
    const answer = await responseOf(other, bytes, challenge)
    expect(checkResponse(await expected(), Buffer.from(answer, 'hex'))).toEqual({ matches: false })
  }

  it.each<[string, Partial<PlanInput>]>([
    ["another build's plan", { build: '1.0+2' }],
    ["another app's plan", { app: 'com.example.other' }],
  ])('an answer to %s is refused', async (_name, changes) => {
    await refusedFor(image, await planFor(image, changes))
  })

  it("an old epoch's plan is refused before it is carried out", async () => {
    const old = await planFor(image, { epoch: epoch - 1 })
    expect(await codeOf(() => responseOf(image, old, challenge))).toBe('PLAN_EPOCH')
  })

  it('an old digest does not answer a new plan', async () => {
    const old = parsePlan(await planFor(image, { epoch: epoch - 1 }))
    const digest = await digestImage(image, 'image', planSeed(old), nodeCrypto)
    const answer = carryOutSync({ ...(await expected()), digest }).response
    expect(checkResponse(await expected(), answer)).toEqual({ matches: false })
  })

  it('a plan with a byte changed gives another response', async () => {
    const changed = Buffer.from(planBytes).toString().replace('"length":208', '"length":207')
    expect(changed).not.toBe(Buffer.from(planBytes).toString())
    expect(await responseOf(image, Buffer.from(changed), challenge)).not.toBe(response)
  })

  it.each([
    ['a space', (text: string) => text.replace('{"v"', '{ "v"')],
    ['a line feed at its end', (text: string) => `${text}\n`],
    ['an escape', (text: string) => text.replace('"v"', '"\\u0076"')],
    ['another order of members', (text: string) => text.replace(/^(\{)("v":1),(.*)\}$/, '$1$3,$2}')],
    ['a member twice', (text: string) => text.replace('"v":1', '"v":1,"v":1')],
    ['another form of a number', (text: string) => text.replace('"v":1', '"v":1.0')],
  ])('a plan that means the same with %s is refused', async (_name, change) => {
    const changed = change(Buffer.from(planBytes).toString())
    expect(changed).not.toBe(Buffer.from(planBytes).toString())
    await expect(responseOf(image, Buffer.from(changed), challenge)).rejects.toMatchObject({
      code: 'PLAN_MALFORMED',
    })
  })

  it('a renamed segment is refused, also when the order stays the same', async () => {
    const { tiny, ...others } = contents
    await refusedFor(imageOf({ ...others, tinz: tiny }), planBytes)
  })

  it('segments that change places are refused', async () => {
    const swapped = {
      ...contents,
      'classes.dex': contents['classes2.dex'],
      'classes2.dex': contents['classes.dex'],
    }
    await refusedFor(imageOf(swapped), planBytes)
  })

  it('a split segment is refused', async () => {
    const dex = contents['classes.dex']
    const split = {
      ...contents,
      'classes.dex': dex.subarray(0, 30_000),
      'classes.dex2': dex.subarray(30_000),
    }
    await refusedFor(imageOf(split), planBytes)
  })

  it('bytes moved from the end of one segment to the start of the next are refused', async () => {
    const moved = {
      ...contents,
      'classes.dex': contents['classes.dex'].subarray(0, -1),
      'classes2.dex': Buffer.concat([contents['classes.dex'].subarray(-1), contents['classes2.dex']]),
    }
    await refusedFor(imageOf(moved), planBytes)
  })

  it('a segment added is refused', async () => {
    await refusedFor(imageOf({ ...contents, zzz: noise(50, 'evil') }), planBytes)
  })

  it('the order in which a reader lists the segments does not matter', async () => {
    const listed = { ...image, segments: [...image.segments].reverse() }
    expect(await responseOf(listed, planBytes, challenge)).toBe(response)
  })
})
