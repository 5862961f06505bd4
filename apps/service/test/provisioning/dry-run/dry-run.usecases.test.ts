import { createHash } from 'node:crypto'
import { compilePolicy, createPresets, type BootKeys, type Policy } from '@assay/appraisal'
import type { Api, App, BuildSummary } from '@assay/protocol/schemas'
import { describe, expect, it } from 'vitest'
import type { Installation } from '../../../src/attestation/model/installation.ts'
import { AttestationRefused } from '../../../src/attestation/model/outcome.ts'
import { ProblemError } from '../../../src/faults/problem-error.ts'
import { createDryRunUseCases } from '../../../src/provisioning/dry-run/dry-run.usecases.ts'
import { samplesPerDay, type ClaimSample } from '../../../src/provisioning/dry-run/ports.ts'
import { productSchemes } from '../../../src/composition/product-schemes.ts'
import { vocabulary } from '../../schemes.ts'

const now = Date.parse('2026-11-26T12:00:00Z')
const day = Math.floor(now / 86_400_000)
const policyOf = (id: string, when: string): Policy =>
  compilePolicy(
    {
      required: [{ claim: 'evidence.software.measured', one_of: [true] }],
      rules: [
        { when: 'true', tier: 'warning' },
        { when, tier: 'contraindicated', reason: 'X_TRIED' },
      ],
    },
    { id, version: 1, vocabulary },
  )
const api = { audience: 'https://api', apps: ['app'], tiers: ['warning'] } as Api
const builds = [{ id: '1.4.2', version_code: 7, state: 'active' }] as BuildSummary[]
const thumbprintOf = (i: number) => createHash('sha256').update(String(i)).digest('base64url')

const sample = (rank: number, more: Partial<ClaimSample> = {}): ClaimSample => ({
  ...{ app: 'app', day, rank, at: now, build: '1.4.2', versionCode: 7, isRemembered: false },
  claims: [{ format: 'software', claims: { measured: true, build: '1.4.2', versionCode: 7 } }],
  facts: {
    installation: { holderKey: 'software', enrolmentsToday: 0, hardwareKeyDemanded: false },
    ...{ registered: {}, missing: [], unread: [], ages: {} },
  },
  ...more,
})
const installation = (i: number, more: Partial<Installation> = {}) =>
  ({
    app: 'app',
    thumbprint: thumbprintOf(i),
    versionCode: 7,
    holderKey: 'hardware',
    ...more,
  }) as Installation

interface World {
  samples?: readonly ClaimSample[]
  remembered?: readonly Installation[]
  when?: string
  recall?: () => Promise<unknown>
  elapsed?: () => number
  tried?: Policy
  tiers?: Api['tiers']
  real?: Policy
  clock?: () => number
  bootKeys?: BootKeys
}

function dryRuns({
  samples = [],
  remembered = [],
  when = 'true',
  recall,
  elapsed,
  tried = policyOf('tried', when),
  real = policyOf('real', 'false'),
  tiers = api.tiers,
  clock = () => now,
  bootKeys = new Map(),
}: World) {
  const sorted = [...remembered].sort((a, b) => (bytesOf(a) < bytesOf(b) ? -1 : 1))
  return createDryRunUseCases({
    flush: async () => undefined,
    samples: {
      read: async (_app, since, after, limit) =>
        samples
          .filter((each) => each.day >= since)
          .slice(after === undefined ? 0 : samples.indexOf(after as ClaimSample) + 1)
          .slice(0, limit),
    },
    remembered: {
      remembered: async (_app, _since, after, limit) => {
        const from = sorted.findIndex(({ thumbprint }) => thumbprint === after) + 1
        return sorted.slice(from, from + limit)
      },
    },
    rankOf: (_app, thumbprint) => Number.parseInt(thumbprint.length.toString(), 10) + 1e9,
    platform: {
      recall: (recall ??
        (async () => ({
          recalled: [],
          expected: { registered: {}, missing: [] },
          unread: [],
          ages: {},
        }))) as never,
      demandsHardwareKey: () => false,
      isAssertion: (format) => format === 'apple-app-attest-assertion',
    },
    findApp: async (id) => (id === 'app' ? ({ id } as App) : undefined),
    apisOf: async () => [{ ...api, tiers }],
    buildsOf: async () => builds,
    candidate: async () => tried,
    policyFor: async () => real,
    bootKeys: async () => bootKeys,
    vocabulary,
    measurement: 'software',
    clock,
    elapsed: elapsed ?? (() => 0),
  })
}

const bytesOf = ({ thumbprint }: Installation) => Buffer.from(thumbprint, 'base64url').toString('hex')
const asked = { policy: 'tried', since: new Date(now - 7 * 86_400_000).toISOString() }

describe('a dry run', () => {
  it('judges remembered evidence with the measurement of a device with the same build', async () => {
    const remembered = Array.from({ length: 120 }, (_, i) => installation(i))
    const samples = [sample(5, { isRemembered: true }), sample(7), sample(8)]
    const report = await dryRuns({ samples, remembered }).run('app', asked)
    expect(report).toMatchObject({
      ...{ installations: 122, refused: { count: 122, low: 122, high: 122 } },
      newly_refused: { count: 122 },
      reasons: [{ code: 'X_TRIED', build: '1.4.2', count: 122 }],
      basis: [
        { kind: 'remembered', installations: 120, judged: 120, undecided: 0 },
        { kind: 'sampled', installations: 2, judged: 2, undecided: 0 },
      ],
    })
    const holder = "installation.holderKey == 'software'"
    const mild = await dryRuns({ samples, remembered, when: holder }).run('app', asked)
    expect(mild.refused).toEqual({ count: 2, low: 2, high: 2 })
  })

  it('does not judge evidence that must come again, or builds that were never measured', async () => {
    const remembered = [installation(1), installation(2, { versionCode: 6 })]
    for (const refusal of [
      new ProblemError('enrolment_required'),
      new AttestationRefused('EVIDENCE_NOT_ADMITTED'),
    ]) {
      const recall = () => Promise.reject(refusal)
      const { basis } = await dryRuns({ samples: [sample(7)], remembered, recall }).run('app', asked)
      expect(basis[0]).toMatchObject({ installations: 2, judged: 0, undecided: 2 })
    }
  })

  it('does not count a malfunction as bad evidence', async () => {
    const recall = () => Promise.reject(new Error('the list of revoked keys is too old'))
    const run = dryRuns({ samples: [sample(7)], remembered: [installation(1)], recall }).run('app', asked)
    await expect(run).rejects.toThrow('the list of revoked keys is too old')
  })

  it('estimates how many there are, and gives a range, where a day had more than are kept', async () => {
    const samples = Array.from({ length: samplesPerDay }, (_, i) =>
      sample((i + 1) * 2 ** 37, i % 10 === 0 ? { claims: old } : {}),
    )
    const when = 'software.versionCode < 7'
    const { installations, refused, basis } = await dryRuns({ samples, when }).run('app', asked)
    // The highest rank lies at about half of all: 1000 · 2^37 of 2^48.
    expect(installations).toBeGreaterThan(2_030)
    expect(installations).toBeLessThan(2_070)
    expect(basis[1]).toMatchObject({ judged: samplesPerDay - 1 })
    expect(refused.count).toBeGreaterThan(195)
    expect(refused.low).toBeLessThan(refused.count)
    expect(refused.high).toBeGreaterThan(refused.count)
  })

  describe('of hardware evidence that is remembered', () => {
    const strict = createPresets(productSchemes).policy('strict')
    const old = 2 * 86_400
    const measured = {
      format: 'software',
      claims: {
        ...{
          measured: true,
          app: 'app',
          build: '1.4.2',
          versionCode: 7,
          platform: 'android',
          coverage: 'image',
        },
        ...{ debuggable: false, live: 'matched', text: 'not_asked', probes: {} },
      },
    }
    const facts = sample(1).facts
    const refreshed = (assertion?: Record<string, unknown>): ClaimSample =>
      sample(5, {
        isRemembered: true,
        claims: [
          measured,
          ...(assertion === undefined ? [] : [{ format: 'apple-app-attest-assertion', claims: assertion }]),
        ],
        facts,
      })
    const remembers = (format: string, claims: object, age: number) => async () => ({
      recalled: [{ canSign: format === 'apple-app-attest', verified: { format, claims } }],
      ...{ expected: { registered: {}, missing: [] }, unread: [], ages: { [format]: age } },
    })
    const iphone = (age: number) => remembers('apple-app-attest', { environment: 'production' }, age)
    const pixel = (age: number, more = {}) =>
      remembers(
        'android-key-attestation',
        {
          ...{
            provisioning: 'remote',
            deviceLocked: true,
            verifiedBootState: 'Verified',
            osPatchLevel: 202_611,
          },
          ...{ attestationSecurityLevel: 'TrustedEnvironment', keyMintSecurityLevel: 'TrustedEnvironment' },
          ...more,
        },
        age,
      )
    const refusals = async (
      recall: () => Promise<unknown>,
      assertion?: Record<string, unknown>,
      tried = strict,
    ) => {
      const remembered = [installation(1, { holderKey: 'vouched' })]
      const world = { samples: [refreshed(assertion)], remembered, recall, tried, real: strict }
      const report = await dryRuns({ ...world, tiers: ['affirming', 'warning'] }).run('app', asked)
      return [report.refused.count, report.newly_refused.count, report.newly_admitted.count, report.reasons]
    }
    const none = [0, 0, 0, []]
    const refused = (code: string) => [1, 0, 0, [{ code, build: '1.4.2', count: 1 }]]

    it('judges a refresh, with the assertion that comes with it', async () => {
      expect(await refusals(iphone(old), {})).toEqual(none)
      expect(await refusals(iphone(600), {})).toEqual(none)
      expect(await refusals(iphone(old), { validationCategory: 3 })).toEqual(
        refused('DEVELOPMENT_ENVIRONMENT'),
      )
    })

    it('judges the enrolment where no device with the build has asserted', async () => {
      expect(await refusals(iphone(600))).toEqual(none)
    })

    it('judges the enrolment that old evidence leads to', async () => {
      expect(await refusals(pixel(old))).toEqual(none)
      expect(await refusals(pixel(old, { deviceLocked: false }))).toEqual(refused('BOOT_LOADER_UNLOCKED'))
    })

    it('asks for no enrolment within an hour', async () => {
      const recent = policyOf(
        'tried',
        'has(ages.android_key_attestation) && ages.android_key_attestation > 60',
      )
      expect(await refusals(pixel(3_600), undefined, recent)).toEqual(none)
      expect(await refusals(pixel(3_599), undefined, recent)).toMatchObject([1, 1, 0, {}])
    })
  })

  it('counts an installation once that was sampled on several days', async () => {
    const samples = [sample(5, { day: day - 1 }), sample(6, { day: day - 1 }), sample(5)]
    expect((await dryRuns({ samples }).run('app', asked)).installations).toBe(2)
  })

  it('looks at a random part of very many, and estimates the rest', async () => {
    const remembered = Array.from({ length: 25_000 }, (_, i) => installation(i))
    const { installations, basis } = await dryRuns({ samples: [sample(7)], remembered }).run('app', asked)
    expect(basis[0]?.judged).toBe(20_000)
    expect(Math.abs(installations - 25_000)).toBeLessThan(1_000)
  })

  it('yields after each slice of work', async () => {
    let time = 0
    let ticks = 0
    let isDone = false
    const count = () => {
      ticks += 1
      if (!isDone) setImmediate(count)
    }
    setImmediate(count)
    const remembered = Array.from({ length: 100 }, (_, i) => installation(i))
    await dryRuns({ samples: [sample(7)], remembered, elapsed: () => (time += 6) }).run('app', asked)
    isDone = true
    expect(ticks).toBeGreaterThan(100)
  })

  it.each([
    ['that arrives some moments later', '2026-11-14T10:00:00.000Z', 7],
    ['that arrives after midnight', '2026-11-14T23:59:59.000Z', 1_500],
  ])('takes a question of the last 14 days %s', async (_, asked, later) => {
    const clock = () => Date.parse(asked) + later
    const since = (days: number) => new Date(Date.parse(asked) - days * 86_400_000).toISOString()
    const uses = dryRuns({ samples: [sample(7)], clock })
    expect(await uses.run('app', { policy: 'tried', since: since(14) })).toMatchObject({ since: since(14) })
    await expect(uses.run('app', { policy: 'tried', since: since(15) })).rejects.toMatchObject({
      code: 'request_invalid',
    })
  })

  it('is carried out one at a time', async () => {
    const uses = dryRuns({ samples: [sample(7)], remembered: [installation(1)] })
    const first = uses.run('app', asked)
    await Promise.resolve()
    await expect(uses.run('app', asked)).rejects.toMatchObject({ code: 'dry_run_running' })
    await first
    await uses.run('app', asked)
  })
})

const old = [{ format: 'software', claims: { measured: true, build: '1.4.1', versionCode: 6 } }]
