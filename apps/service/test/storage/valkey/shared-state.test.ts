import { decodeChallenge, type ChallengeContext } from '@assay/protocol'
import { hasValkey, startValkey, type PrivateValkey } from '@assay/testkit'
import { fixedBytes, fixedRandom } from '@assay/testkit/fixed'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Use } from '../../../src/attestation/single-use.ts'
import { createGenerations } from '../../../src/storage/valkey/generations.ts'
import { answeredAtStart, checkSuitable, openValkey } from '../../../src/storage/valkey/open-valkey.ts'
import { StorageError, StoreNotAnswering } from '../../../src/storage/errors/storage-error.ts'
import { openSharedState, type SharedState } from '../../../src/storage/valkey/shared-state.ts'
import { singleUseSuite } from '../../attestation/single-use.suite.ts'

const context: ChallengeContext = { app: 'com.example.app', build: '1', key: 'k', plan: new Uint8Array([1]) }
const head = { purpose: 1, flags: 0, epoch: 1 } as const
const bindings = (i: number) => Buffer.alloc(32, i).toString('base64url')
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error: unknown) => String((error as { code?: unknown }).code ?? error),
  )

const slow = () => new StoreNotAnswering('STORAGE_VALKEY_NOT_ANSWERING', 0.5, new Error('timed out'))
const unsuitable = () => new StorageError('STORAGE_VALKEY_UNSUITABLE')

if (!hasValkey()) {
  console.log('not run: what nodes share in Valkey, which is not installed')
  it('needs Valkey where everything is required', () => {
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
} else {
  let server: PrivateValkey
  let nodes: SharedState[] = []
  let names = 0

  // With all slots of a cluster: a call over two of them is refused.
  beforeAll(async () => {
    server = await startValkey({
      cluster: true,
      settings: ['--appendonly', 'yes', '--appendfsync', 'everysec'],
    })
  })
  beforeEach(async () => {
    await server.command('FLUSHALL')
  })
  afterEach(() => {
    for (const node of nodes) node.close()
    nodes = []
  })
  afterAll(() => server.stop())

  interface NodeOptions {
    secret?: string
    /** Milliseconds that its clock is ahead. */
    ahead?: number
  }
  const open = async ({ secret = 'secret', ahead = 0 }: NodeOptions = {}) => {
    const node = await openSharedState({
      url: server.url,
      secret: fixedBytes(secret, 32),
      random: fixedRandom(`node ${(names += 1)}`),
      nonces: fixedRandom(`nonces ${names}`),
      steady: () => Date.now() + ahead,
    })
    nodes.push(node)
    return node
  }
  /** What a node makes of a challenge: checks it, and takes it. */
  const attempt = async (node: SharedState, challenge: string, binding = bindings(1)) => {
    const decoded = decodeChallenge(challenge)
    if (decoded === undefined) throw new Error('no challenge')
    const { keyId } = await node.challengeKeys.authenticate(decoded, context)
    return node.singleUse.take(useOf(challenge, binding, keyId))
  }
  const useOf = (challenge: string, binding: string, keyId: string): Use => ({
    challenge,
    binding,
    keyId,
    expiresAt: ((decodeChallenge(challenge)?.head.issuedAt ?? 0) + 120) * 1000,
  })

  singleUseSuite('on Valkey, by three nodes', async () => {
    const drivers = await Promise.all([open(), open(), open()])
    const valkey = await openValkey(server.url)
    const generations = createGenerations({ valkey, random: fixedRandom('suite'), steady: Date.now })
    await generations.refresh()
    valkey.close()
    const [first, ...others] = drivers.map(({ singleUse }) => singleUse)
    if (first === undefined) throw new Error('no driver')
    return {
      drivers: [first, ...others],
      now: Date.now(),
      keyIdOf: (challenge) => {
        const partition = (Buffer.from(challenge, 'base64url')[12] as number) % 16
        return generations.of(partition)?.id ?? ''
      },
    }
  })

  describe('challenges of nodes that share Valkey', () => {
    it('one issued by any node is accepted by any other, once', async () => {
      const [issuing, other] = [await open(), await open()]
      for (let i = 0; i < 64; i += 1) {
        // Nobody else reminds them, and what they heard counts for three seconds.
        await Promise.all([issuing.refresh(), other.refresh()])
        const challenge = issuing.challengeKeys.issue(head, context)
        expect((await attempt(other, challenge)).state).toBe('first')
        expect((await attempt(issuing, challenge, bindings(2))).state).toBe('used')
        expect((await attempt(issuing, challenge)).state).toBe('repeat')
      }
    })

    it('none of a service with another secret, or for another context, is good', async () => {
      const [node, stranger] = [await open(), await open({ secret: 'another' })]
      const challenge = stranger.challengeKeys.issue(head, context)
      expect(await codeOf(attempt(node, challenge))).toBe('challenge_invalid')
      const decoded = decodeChallenge(node.challengeKeys.issue(head, context))
      if (decoded === undefined) throw new Error('no challenge')
      const authenticate = async (at: ChallengeContext) => node.challengeKeys.authenticate(decoded, at)
      expect(await codeOf(authenticate({ ...context, build: '2' }))).toBe('challenge_invalid')
      expect(await codeOf(authenticate(context))).toBe('ok')
    })

    it('bear the time of Valkey, however far apart the clocks of the nodes are', async () => {
      const [early, late] = [await open({ ahead: -600_000 }), await open({ ahead: 600_000 })]
      const challenge = late.challengeKeys.issue(head, context)
      const issuedAt = decodeChallenge(challenge)?.head.issuedAt ?? 0
      expect(Math.abs(issuedAt - Date.now() / 1000)).toBeLessThan(60)
      expect((await attempt(early, challenge)).state).toBe('first')
      expect(Math.abs(early.clock() - late.clock())).toBeLessThan(60_000)
    })

    it('more than five seconds ahead is refused', async () => {
      const node = await open()
      const challenge = node.challengeKeys.issue(head, context)
      const decoded = decodeChallenge(challenge)
      if (decoded === undefined) throw new Error('no challenge')
      const { keyId } = await node.challengeKeys.authenticate(decoded, context)
      const use = useOf(challenge, bindings(1), keyId)
      expect(await node.singleUse.take({ ...use, expiresAt: use.expiresAt + 8_000 })).toEqual({
        state: 'outdated',
      })
      expect((await node.singleUse.take(use)).state).toBe('first')
    })
  })

  it('accepts each challenge exactly once, however many race for it over three nodes', async () => {
    // A million with ASSAY_RACES=1000000.
    const attempts = Number(process.env['ASSAY_RACES'] ?? 8_000)
    const [racers, atOnce] = [8, 16]
    const drivers = await Promise.all([open(), open(), open()])
    let accepted = 0
    let wrong = 0
    const raceOnce = async (round: number) => {
      const challenge = (drivers[round % 3] as SharedState).challengeKeys.issue(head, context)
      const decoded = decodeChallenge(challenge)
      if (decoded === undefined) throw new Error('no challenge')
      const { keyId } = await drivers[0].challengeKeys.authenticate(decoded, context)
      const all = await Promise.all(
        Array.from({ length: racers }, (_, i) =>
          (drivers[(round + i) % 3] as SharedState).singleUse.take(useOf(challenge, bindings(i), keyId)),
        ),
      )
      const firsts = all.filter(({ state }) => state === 'first').length
      accepted += firsts
      if (firsts !== 1 || all.some(({ state }) => state !== 'first' && state !== 'used')) wrong += 1
    }
    const rounds = attempts / racers
    let next = 0
    const runner = async () => {
      while (next < rounds) await raceOnce(next++)
    }
    const refreshing = setInterval(
      () => drivers.forEach((each) => void each.refresh().catch(() => undefined)),
      500,
    )
    await Promise.all(Array.from({ length: atOnce }, runner))
    clearInterval(refreshing)
    expect({ accepted, wrong }).toEqual({ accepted: rounds, wrong: 0 })
  })

  describe('a server that may have forgotten something', () => {
    /** A challenge that was used, and one that was not, before something happens to the server. */
    const before = async () => {
      const [node, other] = [await open(), await open()]
      const [used, unused] = [
        node.challengeKeys.issue(head, context),
        node.challengeKeys.issue(head, context),
      ]
      expect((await attempt(node, used)).state).toBe('first')
      const decoded = decodeChallenge(used)
      if (decoded === undefined) throw new Error('no challenge')
      const { keyId } = await node.challengeKeys.authenticate(decoded, context)
      return { node, other, used, unused, keyId }
    }
    const states = async (node: SharedState, challenges: string[]) => {
      const answers: string[] = []
      for (const challenge of challenges) answers.push(await codeOf(attempt(node, challenge, bindings(3))))
      return answers
    }

    it('reopens no challenge after kill -9, and issues new ones by itself', async () => {
      const { node, other, used, unused, keyId } = await before()
      await server.kill()
      expect(await codeOf(attempt(node, unused))).toBe('STORAGE_VALKEY_NOT_ANSWERING')
      await server.start()
      await expect.poll(() => codeOf(node.refresh())).toBe('ok')
      await expect.poll(() => codeOf(other.refresh())).toBe('ok')
      for (const each of [node, other])
        expect(await states(each, [used, unused])).toEqual(['challenge_outdated', 'challenge_outdated'])
      const fresh = other.challengeKeys.issue(head, context)
      expect((await attempt(node, fresh)).state).toBe('first')
      // A node that has heard nothing yet takes it under the generation that it verified by.
      expect(await node.singleUse.take(useOf(unused, bindings(1), keyId))).toEqual({ state: 'outdated' })
    })

    it('reopens none after it was emptied', async () => {
      const { node, used, unused, keyId } = await before()
      await server.command('FLUSHALL')
      expect(await node.singleUse.take(useOf(used, bindings(3), keyId))).toEqual({ state: 'outdated' })
      await node.refresh()
      expect(await states(node, [used, unused])).toEqual(['challenge_outdated', 'challenge_outdated'])
    })

    it('is told by the first node that looks, and renewed once', async () => {
      const { node, other } = await before()
      await server.command('FLUSHALL')
      await Promise.all([node.refresh(), other.refresh()])
      const challenge = node.challengeKeys.issue(head, context)
      expect((await attempt(other, challenge)).state).toBe('first')
    })

    it('asks anew where a challenge is of a generation that this node has not heard of', async () => {
      const { node, other } = await before()
      await server.command('FLUSHALL')
      await other.refresh()
      const challenge = other.challengeKeys.issue(head, context)
      expect((await attempt(node, challenge)).state).toBe('first')
    })
  })

  describe('a server that is gone', () => {
    it('makes uses and, three seconds later, challenges malfunctions; both go on by themselves', async () => {
      let ahead = 0
      const node = await openSharedState({
        url: server.url,
        secret: fixedBytes('secret', 32),
        random: fixedRandom('gone'),
        nonces: fixedRandom('gone nonces'),
        steady: () => Date.now() + ahead,
      })
      nodes.push(node)
      const challenge = node.challengeKeys.issue(head, context)
      server.freeze()
      try {
        const failure = await attempt(node, challenge).catch((error: unknown) => error)
        expect(failure).toMatchObject({ code: 'STORAGE_VALKEY_NOT_ANSWERING' })
        expect((failure as { retryAfter: number }).retryAfter).toBeGreaterThanOrEqual(1)
        expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain(bindings(1))
        ahead += 3_500
        expect(() => node.challengeKeys.issue(head, context)).toThrow(
          expect.objectContaining({ code: 'STORAGE_VALKEY_NOT_ANSWERING' }),
        )
      } finally {
        server.thaw()
      }
      await expect.poll(() => codeOf(node.refresh())).toBe('ok')
      expect((await attempt(node, node.challengeKeys.issue(head, context))).state).toBe('first')
    })

    it('is told at the start', async () => {
      expect(await codeOf(openValkey('valkey://127.0.0.1:1'))).toBe('STORAGE_VALKEY_UNAVAILABLE')
    })

    it('gets its functions again where another, empty one has taken its place', async () => {
      const node = await open()
      await server.command('FUNCTION', 'FLUSH')
      expect((await attempt(node, node.challengeKeys.issue(head, context))).state).toBe('first')
    })
  })

  it.each([
    ['one that is slow for a moment is asked again', [slow(), slow()], 'ok'],
    ['one that stays slow is not waited for', [slow(), slow(), slow()], 'STORAGE_VALKEY_NOT_ANSWERING'],
    ['one that cannot be used is not asked again', [unsuitable()], 'STORAGE_VALKEY_UNSUITABLE'],
  ])('at the start, %s', async (_, faults, outcome) => {
    const left = [...faults]
    const ask = async () => {
      const fault = left.shift()
      if (fault !== undefined) throw fault
    }
    expect(await codeOf(answeredAtStart(ask))).toBe(outcome)
    expect(left).toEqual([])
  })

  it.each([
    ['evicts', 'maxmemory_policy:allkeys-lru'],
    ['is a replica', 'role:slave'],
    ['is too old', 'redis_version:6.2.0'],
    ['wants replicas and has none', 'min_slaves_good_slaves:0'],
  ])('a server that %s is refused', (_, line) => {
    const good = ['redis_version:7.2.4', 'role:master', 'maxmemory_policy:noeviction', 'connected_slaves:0']
    const [name = ''] = line.split(':')
    const info = [...good.filter((each) => !each.startsWith(name)), line].join('\r\n')
    expect(() => checkSuitable(good.join('\r\n'))).not.toThrow()
    expect(() => checkSuitable(info)).toThrow(expect.objectContaining({ code: 'STORAGE_VALKEY_UNSUITABLE' }))
  })
}
