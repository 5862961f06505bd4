import { installationBanKinds } from '@assay/protocol'
import type { Api, App, Ban, BuildSummary, Installation, ListedAllowEntry } from '@assay/protocol/schemas'
import { EvidenceError, UnavailableError } from '@assay/evidence'
import type { PlatformVerifier } from '../../attestation/evidence/platform-evidence.ts'
import type { PseudonymOf } from '../../attestation/issue.ts'
import type { Installation as Remembered, VouchingKeyId } from '../../attestation/model/installation.ts'
import { AttestationRefused } from '../../attestation/model/outcome.ts'
import type { InstallationStore } from '../../attestation/model/ports.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { AllowStore, BanStore } from '../model/ports.ts'
import { listedOf, referencesKept } from './find-installation.ts'
import { letThroughsOf } from './let-through.ts'
import type { InstallationTrace, KnownInstallationStore } from './ports.ts'

const mostTraces = 20
const mostKeys = 20
const mostBuilds = 20
/** Groups of a day and a code: a month of a few codes. */
const mostRefusals = 200

export interface ShowDependencies {
  known: KnownInstallationStore
  installations: Pick<InstallationStore, 'find'>
  bans: Pick<BanStore, 'find'>
  allowEntries: Pick<AllowStore, 'list'>
  /** Whether many devices hold the key. */
  isShared: (vouchingKey: VouchingKeyId) => boolean
  /** Builds of a version code. */
  buildsOf: (app: string, versionCode: number) => Promise<readonly BuildSummary[]>
  apisOf: (app: string) => Promise<readonly Api[]>
  platform: Pick<PlatformVerifier, 'recall' | 'stated'>
  pseudonymOf: PseudonymOf
  clock: () => number
}

/** Everything that is kept of an installation. @throws ProblemError `installation_not_found` */
export async function showInstallation(
  app: App,
  key: string,
  dependencies: ShowDependencies,
): Promise<Installation> {
  const { known, installations, buildsOf, apisOf, clock } = dependencies
  const [one] = await known.known(app.id, [key])
  if (one === undefined) throw new ProblemError('installation_not_found')
  const { found_by: _, ...listed } = listedOf(app.id, one, 'key')
  const [remembered, traces, names] = await Promise.all([
    installations.find(app.id, key),
    known.traces(app.id, key, mostTraces),
    namesOf(app.id, key, dependencies),
  ])
  const said = await known.said(app.id, key, clock() - referencesKept)
  const ofVersion = remembered === undefined ? [] : await buildsOf(app.id, remembered.versionCode)
  const traced = await known.buildsTraced(app.id, key, mostBuilds)
  const bans = await bansOf(app.id, { key, names, vouchingKey: remembered?.vouchingKey }, dependencies)
  return {
    ...listed,
    names,
    device: {
      platform: app.platform,
      vouched: await vouchedDevice(app, { remembered, traces, builds: ofVersion }, dependencies),
      said: saidBy(traces, said?.device ?? null, remembered),
    },
    evidence: (remembered?.evidence ?? []).map(({ format, verifiedAt }) => ({
      format,
      verified_at: new Date(verifiedAt).toISOString(),
    })),
    holder_key: remembered?.holderKey ?? null,
    vouching_key: remembered?.vouchingKey ?? null,
    other_keys: await otherKeys(app.id, key, remembered?.vouchingKey, dependencies),
    builds: [...new Set([...ofVersion.map(({ id }) => id), ...traced])],
    refusals: await known.refusals(app.id, key, mostRefusals),
    traces: traces.map(({ device: __, refused: ___, ...trace }) => trace),
    bans,
    allowed: await allowedOf(app.id, names, dependencies),
    reference_said_at: timeOf(said?.referenceAt ?? null),
    let_through: letThroughsOf(app, traces, {
      isBanned: bans.length > 0,
      apis: await apisOf(app.id),
      now: clock(),
    }),
  }
}

const timeOf = (millis: number | null) => (millis === null ? null : new Date(millis).toISOString())

export type Names = Installation['names']

/** The name of the installation at each API of the app. */
export async function namesOf(
  app: string,
  key: string,
  { apisOf, pseudonymOf }: Pick<ShowDependencies, 'apisOf' | 'pseudonymOf'>,
): Promise<Names> {
  return (await apisOf(app)).map(({ audience }) => ({
    audience,
    installation: pseudonymOf(app, audience, key),
  }))
}

interface Banned {
  key: string
  names: Names
  vouchingKey: VouchingKeyId | undefined
}

/** Bans of its vouching key, of itself, and of each of its names. */
export async function bansOf(
  app: string,
  { key, names, vouchingKey }: Banned,
  { bans, clock }: Pick<ShowDependencies, 'bans' | 'clock'>,
): Promise<Ban[]> {
  const ids: VouchingKeyId[] = [
    ...(vouchingKey === undefined ? [] : [vouchingKey]),
    { kind: installationBanKinds.key, id: key },
    ...names.map(({ installation }) => ({ kind: installationBanKinds.name, id: installation })),
  ]
  const found = await Promise.all(ids.map((id) => bans.find(app, id, clock())))
  return found.flatMap((ban) => ban ?? [])
}

/** The entries of the allow list for its names. */
export async function allowedOf(
  app: string,
  names: Names,
  { allowEntries, clock }: Pick<ShowDependencies, 'allowEntries' | 'clock'>,
): Promise<ListedAllowEntry[]> {
  const entries = await allowEntries.list(app, clock())
  return entries.filter(({ audience, installation }) =>
    names.some((name) => name.audience === audience && name.installation === installation),
  )
}

/** None where the key is in many devices: these are other people's. */
async function otherKeys(
  app: string,
  key: string,
  vouchingKey: VouchingKeyId | undefined,
  { known, isShared }: Pick<ShowDependencies, 'known' | 'isShared'>,
): Promise<Installation['other_keys']> {
  if (vouchingKey === undefined || isShared(vouchingKey)) return []
  const others = await known.vouchedBy(app, vouchingKey, key, mostKeys)
  return others.map((other) => ({
    key: other.key,
    first_seen: new Date(other.firstSeen).toISOString(),
    last_seen: new Date(other.lastSeen).toISOString(),
  }))
}

interface Seen {
  remembered: Remembered | undefined
  traces: readonly InstallationTrace[]
  builds: readonly BuildSummary[]
}

/** By the newest trace of verified evidence, or by what is remembered, if it still holds. */
async function vouchedDevice(
  app: App,
  { remembered, traces, builds }: Seen,
  { platform, clock }: Pick<ShowDependencies, 'platform' | 'clock'>,
): Promise<Installation['device']['vouched']> {
  const stated = remembered && (await recalledDevice(app, remembered, builds, { platform, clock }))
  const [traced] = traces.flatMap(({ at, device }) => (device?.vouched ? [{ ...device.vouched, at }] : []))
  if (traced === undefined) return stated ?? null
  return !stated || traced.at > stated.at ? traced : stated
}

async function recalledDevice(
  app: App,
  installation: Remembered,
  [build]: readonly BuildSummary[],
  { platform, clock }: Pick<ShowDependencies, 'platform' | 'clock'>,
): Promise<Installation['device']['vouched']> {
  try {
    const { recalled } = await platform.recall({
      app,
      build: { signers: build?.signers ?? [] },
      installation,
      now: clock() / 1000,
    })
    const device = platform.stated(recalled)
    const verified = Math.max(...installation.evidence.map(({ verifiedAt }) => verifiedAt))
    return device && { ...device, at: new Date(verified).toISOString() }
  } catch (error) {
    if (noLongerHolds(error)) return null
    throw error
  }
}

/** Nobody vouches for what would be refused today, or cannot be checked now. */
function noLongerHolds(error: unknown): boolean {
  return (
    error instanceof EvidenceError ||
    error instanceof AttestationRefused ||
    error instanceof UnavailableError ||
    error instanceof ProblemError
  )
}

function saidBy(
  traces: readonly InstallationTrace[],
  atEnrolment: NonNullable<InstallationTrace['device']>['said'],
  remembered: Remembered | undefined,
): Installation['device']['said'] {
  const [traced] = traces.flatMap(({ at, device }) => (device?.said ? [{ ...device.said, at }] : []))
  if (traced !== undefined) return traced
  if (atEnrolment === null || remembered === undefined) return null
  return { ...atEnrolment, at: new Date(remembered.createdAt).toISOString() }
}
