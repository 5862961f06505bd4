import { minimumVersionCode, type BuildWarning } from '@assay/protocol'
import type { Api, ApiKey, App, Build } from '@assay/protocol/schemas'
import { finding, type Finding, type FindingCode } from '../faults/findings.ts'
import { isLoopback } from '../service-client/service-client.ts'
import { refusalsOf, type Activity } from './activity.ts'

/** An app with its builds, without their segments, and their recent outcomes. */
export interface AppRecord {
  app: App
  builds: readonly Omit<Build, 'segments'>[]
  activity: Activity
}

/** What is registered at a service. */
export interface Registration {
  apps: readonly AppRecord[]
  apis: readonly Api[]
  keys: readonly ApiKey[]
}

/** Milliseconds. */
const day = 24 * 3_600_000
const unusedAfter = 90
const oldKey = 365
const endsSoon = 30
/** Number of refusals at which a build that never passed is reported. */
const someRefusals = 3

/** Whether no device of an app can ever get a token for an API: `neverPasses` of the service. */
export type NeverPasses = (app: App, api: Api) => boolean

/** `now` in milliseconds since 1970. */
export function examineRegistration(
  { apps, apis, keys }: Registration,
  now: number,
  neverPasses: NeverPasses,
): Finding[] {
  return [
    ...examineKeys(keys, apps.length > 0, now),
    ...(apps.length === 0 ? [finding('DOCTOR_NO_APP')] : []),
    ...apps.flatMap((record) => examineApp(record, apis, now)),
    ...(apis.length === 0 ? [finding('DOCTOR_NO_API')] : []),
    ...apis.flatMap(examineApi),
    ...apis.flatMap((api) =>
      apps
        // `DOCTOR_TIER_OUT_OF_REACH` reports an API that admits only `affirming`.
        .filter(
          ({ app }) => api.apps.includes(app.id) && api.tiers.includes('warning') && neverPasses(app, api),
        )
        .map(({ app }) => finding('DOCTOR_POLICY_NEVER_PASSES', { app: app.id, api: api.audience })),
    ),
  ]
}

function examineKeys(keys: readonly ApiKey[], hasApps: boolean, now: number): Finding[] {
  const found = keys.flatMap(({ id, name, scope, apps, created_at, expires_at }) => {
    const left = expires_at === null ? Infinity : Math.max(0, Math.ceil((Date.parse(expires_at) - now) / day))
    const about = { key: id, name, days: String(left) }
    const codes: FindingCode[] = []
    if (scope === 'admin' && name === 'first admin key') codes.push('DOCTOR_FIRST_ADMIN_KEY')
    if (scope === 'registration' && apps.length === 0) codes.push('DOCTOR_KEY_WITHOUT_APPS')
    if (now - Date.parse(created_at) > oldKey * day) codes.push('DOCTOR_KEY_OLD')
    if (left <= endsSoon) codes.push('DOCTOR_KEY_ENDS_SOON')
    return codes.map((code) => finding(code, about))
  })
  const hasPipelineKey = keys.some(({ scope }) => scope === 'registration')
  return hasApps && !hasPipelineKey ? [...found, finding('DOCTOR_NO_PIPELINE_KEY')] : found
}

function examineApp(record: AppRecord, apis: readonly Api[], now: number): Finding[] {
  const { app } = record
  const about = { app: app.id }
  const admitted = record.builds.filter((build) => mayAttest(app, build))
  const codes: FindingCode[] = []
  // What is under development attests without a build.
  if (admitted.length === 0 && app.development !== true) codes.push('DOCTOR_APP_WITHOUT_BUILD')
  if (!apis.some(({ apps }) => apps.includes(app.id))) codes.push('DOCTOR_APP_WITHOUT_API')
  if (app.min_version_code === 0 && admitted.length > 0) codes.push('DOCTOR_NO_MINIMUM_VERSION')
  if (app.probes.length === 0) codes.push('DOCTOR_NO_PROBES')
  return [
    ...codes.map((code) => finding(code, about)),
    ...examineEvidence(record, apis),
    ...examineMissing(record),
    ...examineSigners(record, admitted),
    ...admitted.flatMap((build) => examineBuild(build, record.activity, now)),
  ]
}

/** The kinds of evidence of an app for whose settings the service makes this remark. */
export function kindsWith(remark: Remark, { evidence }: Pick<Activity, 'evidence'>): string[] {
  return evidence.filter(({ remarks }) => remarks.includes(remark)).map(({ name }) => name)
}

type Remark = Activity['evidence'][number]['remarks'][number]

/** Whether devices can give more than software evidence, and whether it counts. */
function examineEvidence({ app, activity }: AppRecord, apis: readonly Api[]): Finding[] {
  const about = { app: app.id }
  const sendsAny = Object.keys(app.evidence).length > 0
  const isPhone = app.platform === 'android' || app.platform === 'ios'
  const found: Finding[] = []
  if (isPhone && !sendsAny) found.push(finding('DOCTOR_APP_WITHOUT_HARDWARE', about))
  for (const kind of kindsWith('development', activity))
    found.push(finding('DOCTOR_EVIDENCE_DEVELOPMENT', { ...about, kind }))
  for (const api of apis.filter(({ apps }) => apps.includes(app.id))) {
    const isSoftwareOnly = (api.policy ?? app.policy ?? (sendsAny ? '' : 'software-only')) === 'software-only'
    const both = { ...about, api: api.audience }
    if (isSoftwareOnly && sendsAny) found.push(finding('DOCTOR_EVIDENCE_NOT_JUDGED', both))
    if (isSoftwareOnly && api.enforcement === 'enforce' && api.tiers.every((tier) => tier === 'affirming')) {
      found.push(finding('DOCTOR_TIER_OUT_OF_REACH', both))
    }
  }
  return found
}

/** How many installations leave out evidence that the app is registered for, or may leave it out. */
function examineMissing({ app, activity: { installations } }: AppRecord): Finding[] {
  const { total, without } = installations
  return Object.keys(app.evidence).flatMap((kind) => {
    const count = without[kind] ?? 0
    const about = { app: app.id, kind, count: String(count), total: String(total) }
    if (app.optional_evidence.includes(kind)) return [finding('DOCTOR_EVIDENCE_OPTIONAL', about)]
    return count === 0 ? [] : [finding('DOCTOR_EVIDENCE_MISSING', about)]
  })
}

/** Whether evidence from phones is compared with what they have installed. */
function examineSigners({ app }: AppRecord, admitted: AppRecord['builds']): Finding[] {
  const { store_signers: store, upload_signers: upload } = app
  const about = { app: app.id }
  const isCompared = app.platform === 'android' && Object.keys(app.evidence).length > 0
  if (!isCompared) return []
  return admitted.flatMap(({ id, signers }) => {
    const own = signers.filter((signer) => !upload.includes(signer))
    const build = { ...about, build: id }
    if (own.length + store.length === 0) return [finding('DOCTOR_NO_SIGNER', build)]
    const isDoubtful = store.length > 0 && own.some((signer) => !store.includes(signer))
    return isDoubtful ? [finding('DOCTOR_UPLOAD_KEY_COUNTS', build)] : []
  })
}

/** Whether its devices get tokens at all: an app without tokens can do no harm. */
export function mayAttest(
  app: App,
  { state, version_code, channel }: Pick<Build, 'state' | 'version_code' | 'channel'>,
): boolean {
  return state === 'active' && version_code >= minimumVersionCode(app, channel)
}

/** The registration warnings that still matter afterwards. */
const warningCodes: Partial<Record<BuildWarning, FindingCode>> = {
  debuggable: 'DOCTOR_BUILD_DEBUGGABLE',
  signed_with_debug_certificate: 'DOCTOR_BUILD_DEBUG_CERTIFICATE',
  test_only: 'DOCTOR_BUILD_TEST_ONLY',
  signed_with_v1_only: 'DOCTOR_BUILD_V1_ONLY',
  no_sdk_segment: 'DOCTOR_BUILD_WITHOUT_SDK',
  sdk_manifest_incomplete: 'DOCTOR_BUILD_SDK_INCOMPLETE',
}

function examineBuild(build: Omit<Build, 'segments'>, activity: Activity, now: number): Finding[] {
  const about = { app: build.app, build: build.id }
  const warnings = new Set<BuildWarning>(build.warnings)
  if (build.debuggable) warnings.add('debuggable')
  const codes = [...warnings].flatMap((warning) => warningCodes[warning] ?? [])
  if (build.format === 'apk' && build.coverage === 'scripts') codes.push('DOCTOR_BUILD_SCRIPTS_ONLY')
  return [
    ...codes.map((code) => finding(code, about)),
    ...examineUse(build, activity, now).map(({ code, more }) => finding(code, { ...about, ...more })),
  ]
}

function examineUse(
  { id, created_at }: Pick<Build, 'id' | 'created_at'>,
  { builds, refusals }: Activity,
  now: number,
): { code: FindingCode; more: Record<string, string> }[] {
  const seen = builds.find(({ build }) => build === id)?.last_seen_at ?? null
  if (seen === null) {
    const refused = refusalsOf(refusals, id)
    const count = refused.reduce((sum, one) => sum + one.count, 0)
    const [most] = refused
    if (most !== undefined && count >= someRefusals) {
      return [{ code: 'DOCTOR_BUILD_ALWAYS_REFUSED', more: { count: String(count), code: most.code } }]
    }
  }
  const days = Math.floor((now - Date.parse(seen ?? created_at)) / day)
  return days >= unusedAfter ? [{ code: 'DOCTOR_BUILD_UNUSED', more: { days: String(days) } }] : []
}

function examineApi({ audience, apps, tiers, enforcement, mode, origins }: Api): Finding[] {
  const about = { api: audience }
  const codes: FindingCode[] = []
  if (isPlain(audience) && !isLoopback(new URL(audience))) codes.push('DOCTOR_API_PLAIN')
  if (apps.length === 0) codes.push('DOCTOR_API_WITHOUT_APP')
  if (tiers.includes('contraindicated')) codes.push('DOCTOR_API_ADMITS_CONTRAINDICATED')
  if (enforcement === 'observe') codes.push('DOCTOR_API_OBSERVES')
  if (mode === 'bearer') codes.push('DOCTOR_API_BEARER')
  return [
    ...codes.map((code) => finding(code, about)),
    ...origins.flatMap((origin) => {
      if (isLoopback(new URL(origin))) return [finding('DOCTOR_ORIGIN_LOOPBACK', { ...about, origin })]
      return isPlain(origin) ? [finding('DOCTOR_ORIGIN_PLAIN', { ...about, origin })] : []
    }),
  ]
}

function isPlain(url: string): boolean {
  return url.startsWith('http:')
}
