import { appraise, softwareOnlyPolicy } from '@assay/appraisal'
import { describe, expect, it, vi } from 'vitest'
import type { BuildDigests } from '../../src/attestation/measurement/build-digests.ts'
import { createAttest, type AttestPorts } from '../../src/attestation/attest.ts'
import { ChangesUnknown } from '../../src/operations/change-watch.ts'
import { inLockstep } from '../../src/attestation/speed/lockstep.ts'
import { unwrapped } from '../../src/attestation/speed/step-wrapper.ts'
import type { Installation } from '../../src/attestation/model/installation.ts'
import { createMemorySingleUse } from '../../src/attestation/single-use.ts'
import { withinStoreTime } from '../../src/attestation/store-time.ts'
import { ProblemError } from '../../src/faults/problem-error.ts'
import {
  api,
  app,
  sender,
  now,
  outcomeOf,
  plannedBuild,
  platformWithVouchingKey,
  registrations,
  storeAway,
  world,
} from '../support/attest-ports.ts'

describe('an attestation', () => {
  it('gives a result', async () => {
    const { ports, request } = world()
    expect(await outcomeOf(request, ports)).toEqual({
      outcome: 'result',
      trace: 'trace',
      tokens: [{ audience: api.audience, token: 'token', expiresAt: now / 1000 + 300 }],
      refreshAt: now / 1000 + 150,
      refusals: [],
    })
  })

  it('gives the same result in lockstep, where each long step waits for its tick', async () => {
    const { ports, request } = world()
    let ticks = 0
    const counting = inLockstep(async () => void (ticks += 1))
    expect((await createAttest(ports, counting)(request, 'trace', sender)).outcome).toEqual(
      await outcomeOf(request, ports),
    )
    expect(ticks).toBe(7)
  })

  it('refuses a challenge of another purpose', async () => {
    const { ports, request } = world({}, 3)
    expect(await outcomeOf(request, ports)).toMatchObject({
      outcome: 'denied',
      code: 'challenge_wrong_purpose',
    })
  })

  it('waits a moment for a digest that is under way, and then malfunctions without using up the challenge', async () => {
    let done: (digests: BuildDigests) => void = () => undefined
    const digest = new Promise<BuildDigests>((resolve) => (done = resolve))
    const { ports, request } = world({
      measurements: { issued: async () => plannedBuild, ready: () => undefined, digest: () => digest },
    })
    expect(await outcomeOf(request, ports)).toMatchObject({
      outcome: 'malfunction',
      code: 'temporarily_unavailable',
    })
    done({ image: { image: new Uint8Array(32), segments: [] }, text: undefined })
    expect(await outcomeOf(request, ports)).toMatchObject({ outcome: 'result' })
  })

  it.each<[string, Partial<AttestPorts>, string]>([
    [
      'the store of registrations',
      {
        registrations: {
          ...registrations,
          findBuild: () => Promise.reject(storeAway),
        },
      },
      'temporarily_unavailable',
    ],
    [
      'appraisal',
      {
        appraise: () => {
          throw new TypeError('a bug')
        },
      },
      'internal_error',
    ],
    [
      'the format of measurements',
      { checkMeasurement: () => Promise.reject(new TypeError('a bug')) },
      'internal_error',
    ],
    [
      'what asks the bans of installations',
      { isInstallationBanned: () => Promise.reject(new Error('away')) },
      'internal_error',
    ],
    [
      'what asks the bans',
      { platform: platformWithVouchingKey, isBanned: () => Promise.reject(new Error('away')) },
      'internal_error',
    ],
    [
      'what hears of bans',
      {
        platform: { ...platformWithVouchingKey, isAsked: () => true },
        checkUpToDate: () => {
          throw new ChangesUnknown(0)
        },
      },
      'temporarily_unavailable',
    ],
    [
      'the signer',
      {
        issue: () => {
          throw new Error('no key')
        },
      },
      'internal_error',
    ],
    [
      'the store of used challenges',
      {
        singleUse: {
          isShared: true,
          take: () => Promise.reject(storeAway),
          release: () => Promise.reject(new Error('not asked')),
        },
      },
      'temporarily_unavailable',
    ],
  ])('malfunctions with %s: never a result, never a denial', async (_what, more, code) => {
    const { ports, request } = world(more)
    expect(await outcomeOf(request, ports)).toMatchObject({ outcome: 'malfunction', code })
    expect(await outcomeOf(request, world({}).ports)).toMatchObject({ code: 'challenge_invalid' })
  })

  it.each<[string, Error, boolean]>([
    ['a fault of the store, which it does not wait for a second time', storeAway, false],
    ['a fault of ours', new TypeError('a bug'), true],
  ])('takes back the refresh that it has recorded after %s', async (_what, fault, waits) => {
    let takenBack = () => {}
    const taking = new Promise<void>((resolve) => (takenBack = resolve))
    const asked: string[] = []
    const { ports, request } = world({
      platform: {
        ...platformWithVouchingKey,
        isAsked: () => true,
        asserted: () => ({ counter: 1 }),
        verify: () => Promise.reject(fault),
      },
      installations: {
        ...world().ports.installations,
        recall: async () => ({
          installation: { app: app.id, versionCode: 0, evidence: [] } as unknown as Installation,
          isBanned: false,
          enrolmentsToday: 0,
          isRecorded: true,
        }),
        takeBack: () => {
          asked.push('take back')
          return taking
        },
      },
    })
    let ended = false
    const outcome = outcomeOf(request, ports).finally(() => (ended = true))
    await vi.waitUntil(() => asked.length > 0, { timeout: 60_000 })
    if (waits) {
      await new Promise((resolve) => setImmediate(resolve))
      expect(ended).toBe(false)
      takenBack()
    }
    expect((await outcome).outcome).toBe('malfunction')
  })

  it('waits for the store no longer than all its answers may take together', async () => {
    vi.useFakeTimers()
    try {
      const after = <T>(answer: T) => new Promise<T>((resolve) => setTimeout(() => resolve(answer), 1_600))
      const slow = (most: number) =>
        world({
          platform: { ...platformWithVouchingKey, isAsked: () => true },
          isInstallationBanned: () => after(false),
          isBanned: () => after(false),
          installations: {
            ...world().ports.installations,
            recall: () => after(undefined),
            countEnrolments: () => after(0),
          },
          forExchange: (ports) => withinStoreTime(ports, most, Date.now),
        })
      const outcomeWithin = async (most: number) => {
        const { ports, request } = slow(most)
        const began = Date.now()
        let ended = Infinity
        const outcome = outcomeOf(request, ports).finally(() => (ended = Date.now() - began))
        await vi.advanceTimersByTimeAsync(10_000)
        return { ...(await outcome), ended }
      }
      // Three answers one after the other, the last of them two that are asked for at once.
      expect(await outcomeWithin(4_900)).toMatchObject({ outcome: 'result', ended: 4_800 })
      expect(await outcomeWithin(4_700)).toMatchObject({
        outcome: 'malfunction',
        code: 'temporarily_unavailable',
        ended: 4_700,
      })
    } finally {
      vi.useRealTimers()
    }
  })

  it('malfunctions when more challenges are used than the service can remember', async () => {
    const singleUse = createMemorySingleUse({ capacity: 1, clock: () => now, steady: () => now })
    await singleUse.take({ challenge: 'another', binding: 'b', expiresAt: now + 1000, keyId: '' })
    const { ports, request } = world({ singleUse })
    expect(await outcomeOf(request, ports)).toMatchObject({
      outcome: 'malfunction',
      code: 'temporarily_unavailable',
    })
  })

  it('reports a malfunction to all who wait for the same answer, and serves the next request', async () => {
    let fail = true
    const { ports, request } = world({
      policyFor: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        if (fail) throw new Error('away')
        return softwareOnlyPolicy
      },
    })
    const outcomes = await Promise.all([1, 2, 3].map(() => outcomeOf(request, ports)))
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['malfunction', 'malfunction', 'malfunction'])
    fail = false
    expect(await outcomeOf(request, ports)).toMatchObject({ outcome: 'result' })
  })

  it('counts towards the quota of its app once, however often it is sent', async () => {
    let counted = 0
    const { ports, request } = world({ limits: { app: () => void (counted += 1) } })
    for (let i = 0; i < 3; i += 1) expect((await outcomeOf(request, ports)).outcome).toBe('result')
    expect(counted).toBe(1)
  })

  it('can be sent again after the quota of its app has refused it', async () => {
    let refuse = true
    const limits = {
      app: () => {
        if (refuse) throw new ProblemError('rate_limited')
      },
    }
    const { ports, request } = world({ limits })
    await expect(outcomeOf(request, ports)).rejects.toMatchObject({ code: 'rate_limited' })
    refuse = false
    expect((await outcomeOf(request, ports)).outcome).toBe('result')
  })

  it('is judged by the time of its first arrival when it is sent again', async () => {
    let time = now
    const clock = () => time
    const judged: number[] = []
    const { ports, request } = world({
      clock,
      singleUse: createMemorySingleUse({ capacity: 10, clock, steady: clock }),
      issue: ({ at, api: { audience } }) => (judged.push(at), { audience, token: 't', expiresAt: at }),
      appraise: (input) => (judged.push(input.now * 1000), appraise(input)),
    })
    for (let i = 0; i < 2; i += 1) {
      expect((await outcomeOf(request, ports)).outcome).toBe('result')
      time += 60_000
    }
    expect(judged).toEqual([now, now, now, now])
  })

  it('records nothing of a request whose challenge it never issued', async () => {
    const { ports, request } = world()
    const stranger = world().request
    expect((await createAttest(ports, unwrapped)(stranger, 'trace', sender)).about).toBeUndefined()
    expect((await createAttest(ports, unwrapped)(request, 'trace', sender)).about).toEqual({
      app: app.id,
      build: '1',
    })
  })
})
