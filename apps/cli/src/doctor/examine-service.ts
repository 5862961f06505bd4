import type {
  AppActivity,
  DevelopmentSecret,
  ServiceStatus,
  Stats,
  UnregisteredBuilds,
} from '@assay/protocol/schemas'
import { CliError } from '../faults/cli-error.ts'
import { explanationOf } from '../faults/explanations.ts'
import { finding, type Finding } from '../faults/findings.ts'
import { readPublished, type Published } from '../service-client/published.ts'
import { isLoopback, type Look, type ServiceClient } from '../service-client/service-client.ts'
import { duration } from '../terminal/durations.ts'
import { examineHealth } from './examine-health.ts'
import { kindsWith } from './examine-registration.ts'
import { isUsable } from './usable-secret.ts'

/** Seconds. A device may keep the digest of its code for an epoch: changes in the meantime go unnoticed. */
const longestEpoch = 3_600
/** Milliseconds. The field `Date` has whole seconds, and an answer takes time. */
const clockTolerance = 5_000

/** The answers of a running service at the address that the operator gave. */
export interface ObservedService {
  server: URL
  status: ServiceStatus
  published: Published
  readiness: Readiness
}

/** The answer of `/readyz`. `reason`: the code of the fault; if it is left out, only the log has it. */
export type Readiness = { ready: true } | { ready: false; reason?: string | undefined }

/** By name: a frozen database and a full disk need different hands. */
export function examineReadiness(readiness: Readiness): Finding[] {
  if (readiness.ready) return []
  const { reason } = readiness
  const { meaning, action } = reason === undefined ? unnamed : explanationOf(reason)
  return [
    finding('DOCTOR_NOT_READY', {
      reason: withoutPeriod(reason === undefined ? meaning : `${reason}: ${meaning}`),
      remedy: withoutPeriod(action),
    }),
  ]
}

const withoutPeriod = (sentence: string) => sentence.replace(/\.$/, '')

const unnamed = {
  meaning: 'it gives no code for this.',
  action: 'Look at its log: a store has a fault, or the service is stopping.',
}

/** The settings that the service reports, and how it was reached. */
export function examineService({ server, status, published, readiness }: ObservedService): Finding[] {
  const { epoch_length: epoch, log_level: level, host } = status
  const found: Finding[] = []
  if (server.protocol === 'http:' && !isLoopback(server)) found.push(finding('DOCTOR_KEY_UNENCRYPTED'))
  found.push(...examineReadiness(readiness))
  if (status.test_vendors) found.push(finding('DOCTOR_TEST_VENDORS'))
  if (published.jwks.keys.length === 0) found.push(finding('DOCTOR_NO_SIGNING_KEY'))
  found.push(...examineExposure(status))
  if (/^(0\.0\.0\.0|::)$/.test(host)) found.push(finding('DOCTOR_LISTENS_EVERYWHERE', { host }))
  const difference = clockDifference(published.look)
  if (Math.abs(difference) > clockTolerance) {
    found.push(finding('DOCTOR_CLOCK_DIFFERENCE', { seconds: duration(Math.abs(difference) / 1000) }))
  }
  found.push(...examineHealth(status.health))
  if (epoch > longestEpoch) found.push(finding('DOCTOR_EPOCH_LONG', { seconds: duration(epoch) }))
  if (level === 'fatal' || level === 'silent') found.push(finding('DOCTOR_LOG_QUIET', { level }))
  return found
}

/** Valid secrets that give tokens without appraisal. @param now milliseconds since 1970 */
export function examineDevelopment(secrets: readonly DevelopmentSecret[], now: number): Finding[] {
  return secrets
    .filter((secret) => isUsable(secret, now))
    .map(({ id, name, app, uses }) =>
      finding('DOCTOR_DEVELOPMENT_SECRET', { id, name, app, uses: String(uses) }),
    )
}

/** Requests that got 429 or 503, by code: nobody else sees them. */
export function examineUnserved({ groups }: Pick<Stats, 'groups'>): Finding[] {
  return groups.flatMap(({ code = '', unserved = 0 }) =>
    unserved === 0 ? [] : [finding('DOCTOR_REQUESTS_UNSERVED', { count: String(unserved), code })],
  )
}

/** Builds that many devices have, and that get no tokens: the commonest mistake of a release. */
export function examineUnregistered({ builds, minutes }: UnregisteredBuilds): Finding[] {
  return builds.map(({ app, build, networks, pending }) =>
    finding(pending ? 'DOCTOR_BUILD_PENDING' : 'DOCTOR_BUILD_NOT_REGISTERED', {
      ...{ app, build, minutes: String(minutes) },
      networks: networksInWords(networks),
    }),
  )
}

/** The service counts no further than 50. */
const networksInWords = (networks: number): string => (networks < 50 ? String(networks) : '50 or more')

/** What the service lacks for the evidence of the registered apps. */
export function examineVendors(
  { google_credentials }: Pick<ServiceStatus, 'google_credentials'>,
  apps: readonly Pick<AppActivity, 'app' | 'evidence'>[],
): Finding[] {
  if (google_credentials) return []
  return apps.flatMap((activity) =>
    kindsWith('vendor_account', activity).map((kind) =>
      finding('DOCTOR_GOOGLE_CREDENTIALS_MISSING', { app: activity.app, kind }),
    ),
  )
}

/** The service speaks plain http: an https public URL means that there is a proxy in front of it. */
function examineExposure({ public_url, host, trusted_proxies }: ServiceStatus): Finding[] {
  const url = new URL(public_url)
  if (url.protocol === 'https:') {
    return trusted_proxies.length === 0 ? [finding('DOCTOR_NO_TRUSTED_PROXY')] : []
  }
  const isLocal = isLoopback(new URL(`http://${host.includes(':') ? `[${host}]` : host}`))
  return [finding(isLocal ? 'DOCTOR_PUBLIC_URL_LOOPBACK' : 'DOCTOR_PUBLIC_URL_PLAIN')]
}

/** Minimum milliseconds by which the service's clock is ahead; 0 if the answer leaves it open. */
export function clockDifference({ date, sentAt, answeredAt }: Look): number {
  if (date === undefined) return 0
  // The field was written at some moment within its second, and between request and answer.
  if (date > answeredAt) return date - answeredAt
  return Math.min(0, date + 1_000 - sentAt)
}

/** Whether the same service answers at the address that devices and guards use. */
export async function examinePublicUrl(
  { status, published }: Pick<ObservedService, 'status' | 'published'>,
  at: (url: URL) => Pick<ServiceClient, 'look'>,
): Promise<Finding[]> {
  const url = new URL(`${status.public_url}/`)
  if (isLoopback(url)) return []
  const client = at(url)
  const about = { url: status.public_url }
  try {
    const there = await readPublished(client)
    if (there.issuer !== status.public_url || kids(there) !== kids(published)) {
      return [finding('DOCTOR_PUBLIC_URL_OTHER_SERVICE', about)]
    }
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    return [finding('DOCTOR_PUBLIC_URL_UNREACHABLE', { ...about, reason: error.message })]
  }
  return (await answersOperators(client)) ? [finding('DOCTOR_OPERATOR_ENDPOINTS_PUBLIC')] : []
}

function kids({ jwks }: Published): string {
  return jwks.keys
    .map(({ kid }) => kid)
    .sort()
    .join()
}

async function answersOperators({ look }: Pick<ServiceClient, 'look'>): Promise<boolean> {
  try {
    await look('v1/keys')
    return true
  } catch (error) {
    return error instanceof CliError && error.code === 'unauthorized'
  }
}
