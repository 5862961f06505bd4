import { setImmediate as othersFirst } from 'node:timers/promises'
import {
  accept,
  claimsToKeep,
  rehearse,
  type BootKeys,
  type KeptClaims,
  type Policy,
  type Vocabulary,
} from '@assay/appraisal'
import { EvidenceError } from '@assay/evidence'
import type { Api, App, BuildSummary, DryRunReport } from '@assay/protocol/schemas'
import { asEnrolled, factsOf, mayImprove } from '../../attestation/appraise.ts'
import type { PlatformVerifier } from '../../attestation/evidence/platform-evidence.ts'
import type { Installation } from '../../attestation/model/installation.ts'
import { AttestationRefused } from '../../attestation/model/outcome.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Clock } from '../../system/ports.ts'
import {
  sampleDays,
  samplesPerDay,
  ranks,
  type ClaimSample,
  type RememberedStore,
  type SampleStore,
} from './ports.ts'
import { createTally, reportOf, type Judged, type Population } from './tally.ts'

/** Maximum number of installations with remembered evidence that are judged; if there are more, a random part. */
const mostRemembered = 20_000
/** Rows per read, and milliseconds of work after which others get their turn. */
const [pageLength, slice] = [50, 5]
const day = 86_400_000
/** Milliseconds of delay or clock difference that must not cost a day. */
const tolerance = 5 * 60_000

interface DryRunDependencies {
  samples: Pick<SampleStore, 'read'>
  /** Writes what has just been sampled. */
  flush: () => Promise<void>
  remembered: RememberedStore
  rankOf: (app: string, thumbprint: string) => number
  platform: Pick<PlatformVerifier, 'recall' | 'demandsHardwareKey' | 'isAssertion'>
  findApp: (id: string) => Promise<App | undefined>
  /** APIs that name the app, in order of audience. */
  apisOf: (app: string) => Promise<readonly Api[]>
  /** Active builds of the app. */
  buildsOf: (app: string) => Promise<readonly BuildSummary[]>
  /** The policy under trial: a saved one, or a document. @throws ProblemError */
  candidate: (requested: { policy: string } | { document: unknown }) => Promise<Policy>
  policyFor: (app: App, api: Api) => Promise<Policy>
  bootKeys: () => Promise<BootKeys>
  vocabulary: Vocabulary
  /** Name of the format of measurements. */
  measurement: string
  clock: Clock
  /** Milliseconds since some moment; they only increase. */
  elapsed: () => number
}

export type RequestedDryRun = ({ policy: string } | { document: unknown }) & {
  /** RFC 3339. */
  since: string
  audience?: string | undefined
}

export type DryRunUseCases = ReturnType<typeof createDryRunUseCases>

/** Shows what a policy would have decided for the installations of the last days, without applying it to any. */
export function createDryRunUseCases(dependencies: DryRunDependencies) {
  const { findApp, apisOf, candidate, policyFor, clock } = dependencies
  let isRunning = false
  return {
    /** @throws ProblemError `dry_run_running`: one at a time, so that many take no more of the process than one */
    async run(id: string, requested: RequestedDryRun): Promise<DryRunReport> {
      const app = await findApp(id)
      if (app === undefined) throw new ProblemError('app_not_found')
      const apis = await apisOf(id)
      const { audience = apis[0]?.audience } = requested
      const api = apis.find((each) => each.audience === audience)
      if (api === undefined) throw new ProblemError('api_not_found')
      const since = Date.parse(requested.since)
      // Samples are kept and read by the day: a caller's "14 days ago" is always a few moments more than that here.
      const firstDay = Math.floor((clock() - tolerance) / day) - sampleDays
      if (since > clock() || Math.floor(since / day) < firstDay)
        throw new ProblemError('request_invalid', { errors: [{ pointer: '/since', code: 'invalid_value' }] })
      const policies = { tried: await candidate(requested), real: await policyFor(app, api) }
      if (isRunning) throw new ProblemError('dry_run_running', { retryAfter: 5 })
      isRunning = true
      try {
        await dependencies.flush()
        const bootKeys = await dependencies.bootKeys()
        return await dryRun({ app, api, since, ...policies, bootKeys }, dependencies)
      } finally {
        isRunning = false
      }
    },
  }
}

interface Trial {
  app: App
  api: Api
  /** Milliseconds since 1970. */
  since: number
  tried: Policy
  real: Policy
  /** As they are now, for evidence of any day. */
  bootKeys: BootKeys
}

async function dryRun(trial: Trial, dependencies: DryRunDependencies): Promise<DryRunReport> {
  const { app, api, since, tried } = trial
  const sinceDay = Math.floor(since / day)
  const breathe = createBreath(dependencies.elapsed)
  const samples = await readSamples(app.id, sinceDay, dependencies, breathe)
  const others = createTally()
  for (const sample of samples.rows.values()) {
    if (!sample.isRemembered) others.add(sample.build, judgeSample(trial, sample))
    await breathe()
  }
  const remembered = createTally()
  const work = { sinceDay, rows: samples.rows, tally: remembered, breathe }
  const of = await judgeRemembered(trial, work, dependencies)
  const populations: readonly Population[] = [
    { kind: 'remembered', of, tally: remembered },
    { kind: 'sampled', of: Math.round(others.counts.judged / samples.chance), tally: others },
  ]
  const { id, version } = tried
  const { audience, token, tiers } = api
  const about = { app: app.id, audience, token, tiers, policy: { id, version } }
  return { ...about, since: new Date(since).toISOString(), ...reportOf(populations) }
}

interface RehearsedExchange {
  claims: readonly KeptClaims[]
  now: number
  facts: ClaimSample['facts']
}

/** Whether an API that enforces its tiers would give a token, or why not. */
function judgementBy(
  policy: Policy,
  { api, bootKeys }: Trial,
  exchange: RehearsedExchange,
): string | undefined {
  const enforcing = { tiers: api.tiers, token: api.token, enforcement: 'enforce' } as const
  const acceptance = accept(rehearse({ policy, bootKeys, ...exchange }), enforcing)
  return acceptance.accepted ? undefined : acceptance.code
}

/** As for a refresh: who is refused with old evidence is asked to enrol, and only the enrolment decides. */
function judgementOnRefresh(policy: Policy, trial: Trial, exchange: RehearsedExchange): string | undefined {
  const { facts } = exchange
  const refusal = judgementBy(policy, trial, exchange)
  return refusal !== undefined && mayImprove(facts)
    ? judgementBy(policy, trial, { ...exchange, facts: asEnrolled(facts) })
    : refusal
}

function judgeSample(trial: Trial, { claims, facts, at }: ClaimSample): Judged {
  const exchange = { claims, facts, now: at / 1000 }
  return {
    refusal: judgementBy(trial.tried, trial, exchange),
    today: judgementBy(trial.real, trial, exchange),
  }
}

interface Samples {
  /** By rank; the newest of each installation. */
  rows: ReadonlyMap<number, ClaimSample>
  /** The probability that an installation is among them. */
  chance: number
}

/** If a day had more than are kept, ranks above the highest kept one are missing: none of them counts. */
async function readSamples(
  app: string,
  sinceDay: number,
  { samples }: DryRunDependencies,
  breathe: () => Promise<void>,
): Promise<Samples> {
  const rows = new Map<number, ClaimSample>()
  const perDay = new Map<number, { count: number; highest: number }>()
  let last: ClaimSample | undefined
  for (;;) {
    const page = await samples.read(app, sinceDay, last, pageLength)
    for (const row of page) {
      rows.set(row.rank, row)
      const of = perDay.get(row.day) ?? { count: 0, highest: 0 }
      perDay.set(row.day, { count: of.count + 1, highest: Math.max(of.highest, row.rank) })
    }
    last = page.at(-1)
    if (page.length < pageLength) break
    await breathe()
  }
  const full = [...perDay.values()].filter(({ count }) => count >= samplesPerDay)
  if (full.length === 0) return { rows, chance: 1 }
  const below = Math.min(...full.map(({ highest }) => highest))
  return { rows: new Map([...rows].filter(([rank]) => rank < below)), chance: below / ranks }
}

interface RememberedWork {
  sinceDay: number
  rows: ReadonlyMap<number, ClaimSample>
  tally: ReturnType<typeof createTally>
  breathe: () => Promise<void>
}

/**
 * Estimates how many there are from the position of the last of `read` in order of the thumbprint: thumbprints are
 * digests, evenly spread. Counting a million rows would delay everybody else.
 */
function totalBy(thumbprint: string, read: number): number {
  const share = Buffer.from(thumbprint, 'base64url').readUIntBE(0, 6) / ranks
  return Math.max(read, Math.round(read / share))
}

/**
 * Judges remembered evidence together with the sampled measurement and assertion of the same installation, or of
 * another with the same build: neither leaves a row.
 *
 * @returns how many installations there are
 */
async function judgeRemembered(
  trial: Trial,
  { sinceDay, rows, tally, breathe }: RememberedWork,
  dependencies: DryRunDependencies,
): Promise<number> {
  const { app } = trial
  const builds = await dependencies.buildsOf(app.id)
  const measured = new Map([...rows.values()].map((sample) => [sample.versionCode, sample]))
  const asserts = ({ claims }: ClaimSample) =>
    claims.some(({ format }) => dependencies.platform.isAssertion(format))
  const asserting = [...rows.values()].filter(asserts)
  const asserted = new Map(asserting.map((sample) => [sample.versionCode, sample]))
  let last: string | undefined
  let read = 0
  while (read < mostRemembered) {
    const page = await dependencies.remembered.remembered(app.id, sinceDay, last, pageLength)
    for (const installation of page) {
      const own = rows.get(dependencies.rankOf(app.id, installation.thumbprint))
      const sample = own ?? measured.get(installation.versionCode)
      const build =
        builds.find(({ id }) => id === sample?.build) ??
        builds.find(({ version_code: code }) => code === installation.versionCode)
      const signed = own !== undefined && asserts(own) ? own : asserted.get(installation.versionCode)
      const one = build && sample && { installation, sample, signed, build }
      const judged = one && (await judge(trial, one, dependencies))
      tally.add(build?.id ?? String(installation.versionCode), judged)
      await breathe()
    }
    read += page.length
    if (page.length < pageLength) return read
    last = page.at(-1)?.thumbprint
  }
  return totalBy(last ?? '', read)
}

interface RememberedOne {
  installation: Installation
  sample: ClaimSample
  /** A sample with an assertion; undefined: nobody with this build has sent one. */
  signed: ClaimSample | undefined
  build: BuildSummary
}

/** Undefined: its evidence no longer counts, and would have to be sent again. */
async function judge(
  trial: Trial,
  { installation, sample, signed, build }: RememberedOne,
  { platform, vocabulary, measurement, clock }: DryRunDependencies,
): Promise<Judged | undefined> {
  const { app } = trial
  const now = clock() / 1000
  try {
    const remembered = await platform.recall({ app, build, installation, now })
    const { recalled, ages } = remembered
    const kept = claimsToKeep(
      recalled.map(({ verified }) => verified),
      vocabulary,
    )
    const measured = sample.claims.filter(({ format }) => format === measurement)
    // Where the vouching key can sign, a refresh has its signature, or is refused before any policy is applied.
    const canSign = recalled.some((piece) => piece.canSign)
    const assertions = canSign
      ? (signed?.claims ?? []).filter(({ format }) => platform.isAssertion(format))
      : []
    const keyState = {
      holderKey: installation.holderKey,
      enrolmentsToday: 0,
      hardwareKeyDemanded: platform.demandsHardwareKey(app, build),
    }
    const asserted = Object.fromEntries(assertions.map(({ format }) => [format, 0]))
    const known = factsOf(keyState, { ...remembered, ages: { ...ages, ...asserted } })
    // Without an assertion to judge by, its enrolment is judged, which needs none.
    const facts = canSign && assertions.length === 0 ? asEnrolled(known) : known
    const exchange = { claims: [...measured, ...assertions, ...kept], facts, now }
    return {
      refusal: judgementOnRefresh(trial.tried, trial, exchange),
      today: judgementOnRefresh(trial.real, trial, exchange),
    }
  } catch (error) {
    if (doesNotCount(error)) return undefined
    throw error
  }
}

/** Bad evidence would be refused today; anything else is a malfunction. */
function doesNotCount(error: unknown): boolean {
  if (error instanceof ProblemError) return error.code === 'enrolment_required'
  return error instanceof EvidenceError || error instanceof AttestationRefused
}

/** Gives others their turn once a time slice is used up. */
function createBreath(elapsed: () => number): () => Promise<void> {
  let since = elapsed()
  return async () => {
    if (elapsed() - since < slice) return
    await othersFirst()
    since = elapsed()
  }
}
