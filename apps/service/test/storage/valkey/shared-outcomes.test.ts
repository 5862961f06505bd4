import { decodeBase64url, encodeBase64url } from '@assay/protocol'
import { hasValkey, startValkey, type PrivateValkey } from '@assay/testkit'
import { fixedBytes, fixedRandom } from '@assay/testkit/fixed'
import { Redis } from 'iovalkey'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  createOutcomeFeed,
  type ExchangeOutcomes,
  type OutcomeBatch,
  type RecentOutcome,
} from '../../../src/operations/outcome-feed.ts'
import { openValkey, type Valkey } from '../../../src/storage/valkey/open-valkey.ts'
import { createSealedBatches } from '../../../src/storage/valkey/sealed-batches.ts'
import { createSharedOutcomes } from '../../../src/storage/valkey/shared-outcomes.ts'

const outcome = (trace: string, at = '2026-12-02T10:00:00.000Z'): RecentOutcome => ({
  ...{ trace, at, app: 'com.example.app', build: '1', outcome: 'result', code: null },
})
const own = (...outcomes: RecentOutcome[]) => ({ outcomes, left_out: 0, total: outcomes.length })
const nothing = own()
const secret = fixedBytes('secret', 32)
const viewers = ['a'.repeat(22)]

describe('a batch of outcomes that passes through Valkey', () => {
  const [node, other] = [fixedBytes('node', 16), fixedBytes('other', 16)]
  const sealed = () => createSealedBatches(secret, node).seal(own(outcome('t1')), viewers)
  const open = (text: string, names = viewers) => createSealedBatches(secret, other).open(text, names)

  it('is opened by a node with the same secret, and says nothing to anybody else', () => {
    expect(open(sealed())).toEqual({ outcomes: [outcome('t1')], left_out: 0 })
    const bytes = Buffer.from(decodeBase64url(sealed()) ?? [])
    for (const word of ['t1', 'com.example.app', 'result', viewers[0] as string])
      expect(bytes.includes(word)).toBe(false)
  })

  it('of a service with another secret is not_authentic', () => {
    const text = createSealedBatches(fixedBytes('another', 32), node).seal(own(outcome('t1')), viewers)
    expect(open(text)).toBe('not_authentic')
  })

  it('is not_authentic with any byte changed: sender, number, or what is sealed', () => {
    const bytes = decodeBase64url(sealed()) ?? new Uint8Array()
    for (let i = 0; i < bytes.length; i++) {
      const changed = bytes.slice()
      changed[i] = (changed[i] as number) ^ 1
      expect(open(encodeBase64url(changed))).toBe('not_authentic')
    }
  })

  it.each(['', 'A', 'not base64url!', 'A'.repeat(30)])('is not_authentic if it has no form: %s', (text) => {
    expect(open(text)).toBe('not_authentic')
  })

  it('is repeated when it comes again, and so is one that is older than the last', () => {
    const [sender, reader] = [createSealedBatches(secret, node), createSealedBatches(secret, other)]
    const [first, second] = [1, 2].map(() => sender.seal(own(outcome('t1')), viewers)) as [string, string]
    expect(reader.open(second, viewers)).toMatchObject({ left_out: 0 })
    expect(reader.open(second, viewers)).toBe('repeated')
    expect(reader.open(first, viewers)).toBe('repeated')
  })

  it('is nothing to a viewer whom it does not name', () => {
    expect(open(sealed(), ['b'.repeat(22)])).toBeUndefined()
  })

  it('is oversize if no node makes such long ones, and is not even decoded', () => {
    expect(open(sealed() + 'A'.repeat(40_000))).toBe('oversize')
  })

  it('has a bounded length: outcomes beyond it are counted', () => {
    const long = Array.from({ length: 50 }, (_, i) => ({ ...outcome(`t${i}`), build: 'b'.repeat(2_000) }))
    const text = createSealedBatches(secret, node).seal(own(...long), viewers)
    const opened = open(text) as OutcomeBatch
    expect(text.length).toBeLessThan(34 * 1024)
    expect(opened.outcomes.at(-1)?.trace).toBe('t49')
    expect(opened.outcomes.length + opened.left_out).toBe(50)
  })

  it('tells how many outcomes did not come since the last', () => {
    const [sender, reader] = [createSealedBatches(secret, node), createSealedBatches(secret, other)]
    reader.open(sender.seal({ outcomes: [outcome('t1')], left_out: 0, total: 1 }, viewers), viewers)
    sender.seal({ outcomes: [outcome('t2'), outcome('t3')], left_out: 0, total: 3 }, viewers)
    const last = sender.seal({ outcomes: [outcome('t4')], left_out: 0, total: 4 }, viewers)
    expect(reader.open(last, viewers)).toEqual({ outcomes: [outcome('t4')], left_out: 2 })
  })
})

if (!hasValkey()) {
  console.log('not run: live outcomes of several nodes, which need Valkey')
  it('needs Valkey where everything is required', () => {
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
} else {
  let server: PrivateValkey
  let client: Redis
  let connections: Valkey[] = []
  let names = 0

  beforeAll(async () => {
    // With all slots of a cluster: a call over two of them is refused.
    server = await startValkey({ cluster: true })
    client = new Redis(server.port, '127.0.0.1')
    client.on('error', () => undefined)
  })
  beforeEach(async () => {
    await client.flushall()
  })
  afterEach(() => {
    for (const each of connections) each.close()
    connections = []
  })
  afterAll(async () => {
    client.disconnect()
    await server.stop()
  })

  const open = async ({ key = 'secret', steady = (): number => 0 } = {}): Promise<ExchangeOutcomes> => {
    const valkey = await openValkey(server.url)
    connections.push(valkey)
    const random = fixedRandom(`node ${(names += 1)}`)
    return createSharedOutcomes({ valkey, secret: fixedBytes(key, 32), random, steady })
  }
  const traces = ({ batches }: Awaited<ReturnType<ExchangeOutcomes>>) =>
    batches.flatMap(({ outcomes }) => outcomes.map(({ trace }) => trace))
  const keysOf = () => client.keys('*')
  const lastIn = async (key: string) =>
    (await client.xrevrange(key, '+', '-', 'COUNT', 1))[0]?.[1][1] as string
  const keyOf = async (what: string) => (await keysOf()).find((key) => key.endsWith(what)) as string

  describe('live outcomes of nodes that share Valkey', () => {
    it('leave no node while nobody watches', async () => {
      const node = await open()
      expect(await node(own(outcome('t1')), false)).toEqual({ isWatched: false, batches: [], refused: [] })
      expect(await keysOf()).toEqual([])
    })

    it('of all nodes come to whoever watches, once, and this node’s by the same way', async () => {
      const [node, watching] = [await open(), await open()]
      expect(traces(await watching(own(outcome('w1')), true))).toEqual(['w1'])
      expect((await node(nothing, false)).isWatched).toBe(true)
      await node(own(outcome('n1')), false)
      expect(traces(await watching(own(outcome('w2')), true))).toEqual(['n1', 'w2'])
      expect(traces(await watching(nothing, true))).toEqual([])
    })

    it('end when the last viewer has gone', async () => {
      const [node, watching] = [await open(), await open()]
      await watching(nothing, true)
      await node(nothing, false)
      await client.del(await keyOf('viewers'))
      expect((await node(nothing, false)).isWatched).toBe(false)
      await node(own(outcome('n1')), false)
      expect(await keysOf()).toEqual([])
    })

    it('of a service with another secret are not among them', async () => {
      const [stranger, watching] = [await open({ key: 'another' }), await open()]
      await watching(nothing, true)
      expect((await stranger(nothing, false)).isWatched).toBe(false)
      await stranger(own(outcome('s1')), true)
      expect(await watching(nothing, true)).toEqual({ isWatched: true, batches: [], refused: [] })
    })

    it('that somebody else writes are refused and counted, and the others are shown', async () => {
      const [node, watching] = [await open(), await open()]
      await watching(own(outcome('w1')), true)
      await node(nothing, false)
      await node(own(outcome('n1')), false)
      const key = await keyOf('batches')
      const copied = await lastIn(key)
      expect(traces(await watching(nothing, true))).toEqual(['n1'])
      const forged = createSealedBatches(fixedBytes('guess', 32), fixedBytes('node', 16))
      for (const text of [forged.seal(own(outcome('f1')), viewers), copied, 'A'.repeat(40_000)])
        await client.xadd(key, '*', 'batch', text)
      const heard = await watching(own(outcome('w2')), true)
      expect(heard.refused).toEqual(['not_authentic', 'repeated', 'oversize'])
      expect(traces(heard)).toEqual(['w2'])
    })

    it('are no longer and no more than nodes write, whatever somebody else writes', async () => {
      const watching = await open()
      await watching(own(outcome('w1')), true)
      const [viewersKey, key] = [await keyOf('viewers'), await keyOf('batches')]
      for (let i = 0; i < 100; i++) await client.xadd(key, '*', 'batch', 'A'.repeat(50_000))
      await client.zadd(viewersKey, '+inf', 'b'.repeat(50_000))
      const name = viewers[0] as string
      const answer = await client.fcall('assay_live_1_exchange', 2, viewersKey, key, name, '', '')
      const [names, texts] = answer as [string[], string[]]
      expect(names.map(({ length }) => length).toSorted()).toEqual([22, 22, 23])
      expect(texts).toHaveLength(2 * 64)
      for (const text of texts) expect(text.length).toBeLessThanOrEqual(34 * 1024 + 1)
      const { refused } = await watching(nothing, true)
      expect(refused).toEqual(Array.from({ length: 64 }, () => 'oversize'))
      expect(traces(await watching(own(outcome('w2')), true))).toEqual(['w2'])
    })

    it('that were recorded for a viewer are nothing to a later one', async () => {
      let now = 0
      const [node, watching] = [await open(), await open({ steady: () => now })]
      await watching(own(outcome('w1')), true)
      await node(nothing, false)
      await node(own(outcome('n1')), false)
      const key = await keyOf('batches')
      const copied = await lastIn(key)
      // One who comes back is another viewer.
      await watching(nothing, false)
      await watching(own(outcome('w2')), true)
      await client.xadd(key, '*', 'batch', copied)
      expect(traces(await watching(nothing, true))).toEqual([])
      // So is one who stays for more than a minute.
      await node(nothing, false)
      await node(own(outcome('n2')), false)
      const held = await lastIn(key)
      await client.del(key)
      for (now of [30_000, 60_000]) await watching(nothing, true)
      await client.xadd(key, '*', 'batch', held)
      expect(traces(await watching(nothing, true))).toEqual([])
    })

    it('come again after the server was gone, and until then the exchange fails', async () => {
      const [node, watching] = [await open(), await open()]
      await watching(nothing, true)
      await node(nothing, false)
      await server.kill()
      await expect(watching(own(outcome('w1')), true)).rejects.toMatchObject({
        code: 'STORAGE_VALKEY_NOT_ANSWERING',
      })
      await server.start()
      await expect.poll(() => watching(nothing, true).then(traces, () => undefined)).toEqual([])
      await expect
        .poll(() =>
          node(nothing, false).then(
            ({ isWatched }) => isWatched,
            () => false,
          ),
        )
        .toBe(true)
      await node(own(outcome('n1')), false)
      expect(traces(await watching(nothing, true))).toEqual(['n1'])
    })

    it('fail if the server withholds what it was given', async () => {
      const valkey = { call: async () => [[], []] }
      const watching = createSharedOutcomes({
        valkey,
        secret,
        random: fixedRandom('withheld'),
        steady: () => 0,
      })
      await expect(watching(own(outcome('w1')), true)).rejects.toMatchObject({
        code: 'STORAGE_VALKEY_NOT_ANSWERING',
      })
    })

    it('are few in the server, and not there for long', async () => {
      const [node, watching] = [await open(), await open()]
      await watching(nothing, true)
      await node(nothing, false)
      for (let i = 0; i < 100; i++) await node(own(outcome(`n${i}`)), false)
      expect(await client.xlen(await keyOf('batches'))).toBe(64)
      for (const what of ['viewers', 'batches']) {
        const left = await client.pttl(await keyOf(what))
        expect(left).toBeGreaterThan(0)
        expect(left).toBeLessThanOrEqual(10_000)
      }
      const heard = await watching(nothing, true)
      expect(traces(heard).at(-1)).toBe('n99')
    })
  })
}

describe('the feed of a node among others', () => {
  const watched = (exchange: ExchangeOutcomes) => {
    const feed = createOutcomeFeed(exchange)
    const batches: OutcomeBatch[] = []
    const end = feed.subscribe((batch) => void batches.push(batch))
    return { feed, batches, end }
  }

  it('shows what all nodes report by their times, and what was refused', async () => {
    const { feed, batches, end } = watched(async () => ({
      isWatched: true,
      batches: [
        own(outcome('later', '2026-12-02T10:00:02.000Z')),
        { ...own(outcome('earlier')), left_out: 7 },
      ],
      refused: ['not_authentic'],
    }))
    feed.passed(outcome('own'))
    await feed.exchange()
    await expect.poll(() => batches).toHaveLength(1)
    end()
    expect(batches[0]).toMatchObject({ left_out: 7, nodes: 'all', refused: 1 })
    expect(batches[0]?.outcomes.map(({ trace }) => trace)).toEqual(['earlier', 'later'])
    expect(feed.counts()).toEqual({ leftOut: 7, refused: { oversize: 0, not_authentic: 1, repeated: 0 } })
  })

  it('shows this node’s, and says so, while the others cannot be heard', async () => {
    let fails = true
    const { feed, batches, end } = watched(async () => {
      if (fails) throw new Error('gone')
      return { isWatched: true, batches: [], refused: [] }
    })
    feed.passed(outcome('own'))
    await expect(feed.exchange()).rejects.toThrow('gone')
    await expect.poll(() => batches).toMatchObject([{ nodes: 'this', outcomes: [{ trace: 'own' }] }])
    expect(feed.recent().nodes).toBe('this')
    fails = false
    await feed.exchange()
    await expect.poll(() => batches.at(-1)).toEqual({ outcomes: [], left_out: 0, nodes: 'all', refused: 0 })
    end()
  })

  it('tells who came while they could not be heard that they can', async () => {
    let fails = true
    const feed = createOutcomeFeed(async () => {
      if (fails) throw new Error('gone')
      return { isWatched: true, batches: [], refused: [] }
    })
    await expect(feed.exchange()).rejects.toThrow('gone')
    expect(feed.recent().nodes).toBe('this')
    const batches: OutcomeBatch[] = []
    const end = feed.subscribe((batch) => void batches.push(batch))
    fails = false
    await feed.exchange()
    await expect.poll(() => batches).toEqual([{ outcomes: [], left_out: 0, nodes: 'all', refused: 0 }])
    end()
  })

  it('asks seldom while nobody watches, and at each occasion once somebody does', async () => {
    let asked = 0
    let isWatched = false
    const feed = createOutcomeFeed(async () => {
      asked += 1
      return { isWatched, batches: [], refused: [] }
    })
    for (let i = 0; i < 8; i++) await feed.exchange()
    expect(asked).toBe(2)
    isWatched = true
    for (let i = 0; i < 8; i++) await feed.exchange()
    expect(asked).toBe(10)
  })

  it('begins for a viewer with this node’s last ones', async () => {
    const feed = createOutcomeFeed(async () => ({ isWatched: false, batches: [], refused: [] }))
    feed.passed(outcome('own'))
    await feed.exchange()
    expect(feed.recent().outcomes).toMatchObject([{ trace: 'own' }])
  })
})
