import { setImmediate } from 'node:timers/promises'
import {
  schemeRegistry,
  type EvidenceScheme,
  type RevocationSource,
  type SchemeRegistry,
} from '@assay/evidence'
import {
  androidKeyDescription,
  isListCurrent,
  readStatusList,
  statusListSource,
  type StatusList,
} from '@assay/evidence/android-key-attestation'
import type { App, Platform as DevicePlatform } from '@assay/protocol'
import type { InstallationRepository } from '../storage/repositories/installations.repository.ts'
import type { Clock } from '../system/ports.ts'
import type { SecretRepository } from '../storage/repositories/secrets.repository.ts'
import type { CheckedVendors } from '../config/vendors.config.ts'
import { createStatusListFeed, type StatusListFeed } from '../vendors/index.ts'
import { createInquiries, type Inquiries } from '../attestation/inquiries.ts'
import { createPlatformVerifier, type PlatformVerifier } from '../attestation/evidence/platform-evidence.ts'
import type { AppStore } from '../provisioning/model/ports.ts'
import { secretOf } from '../provisioning/apps.usecases.ts'
import { createProductSchemes } from './product-schemes.ts'

interface PlatformDependencies {
  vendors: CheckedVendors
  apps: Pick<AppStore, 'find' | 'list'>
  installations: Pick<InstallationRepository, 'takeVendorCall' | 'due' | 'take' | 'learn'>
  secrets: Pick<SecretRepository, 'find'>
  /** Schemes in addition to those of the product. */
  moreSchemes: readonly EvidenceScheme[]
  fetch: typeof fetch
  clock: Clock
  /** Called with failures in the background. */
  onMalfunction: (error: unknown) => void
}

/** Platform evidence, wired to its vendors. */
export interface Platform {
  schemes: SchemeRegistry
  verifier: PlatformVerifier
  /** Inquiries to vendors after an enrolment. */
  inquiries: Inquiries
  /** Reads the status list again when it is due, as long as some app needs it. */
  refreshStatusList(): Promise<void>
}

export function createPlatform(dependencies: PlatformDependencies): Platform {
  const { vendors, apps, installations, secrets, fetch, clock, onMalfunction } = dependencies
  const feed = createStatusListFeed({
    url: vendors.statusListUrl,
    fetch,
    clock,
    read: readStatusList,
    onMalfunction,
  })
  const schemes: SchemeRegistry = schemeRegistry<EvidenceScheme>([
    ...createProductSchemes({
      ...{ vendors, installations, fetch, clock },
      revocation: revocation(feed, { maxAge: vendors.statusListMaxAge, clock }),
    }),
    ...dependencies.moreSchemes,
  ])
  const findSecret = async (app: string, name: string): Promise<unknown> => {
    const kept = await secrets.find(secretOf(app, name))
    return kept === undefined ? undefined : (JSON.parse(kept.toString('utf8')) as unknown)
  }
  return {
    schemes,
    verifier: createPlatformVerifier(schemes, findSecret),
    inquiries: createInquiries({
      schemes,
      apps,
      installations,
      findSecret,
      clock,
      onMalfunction,
    }),
    async refreshStatusList() {
      if (clock() < feed.refreshAt()) return
      if (await someApp(apps, ({ evidence }) => evidence[androidKeyDescription.settings.name] !== undefined))
        await feed.refresh().catch(unheard)
    },
  }
}

/** Rows per statement: SQLite works on the calling thread. */
const pageLength = 500

async function someApp(apps: Pick<AppStore, 'list'>, holds: (app: App) => boolean): Promise<boolean> {
  let after: string | undefined
  for (;;) {
    const page = await apps.list({ after, limit: pageLength })
    if (page.some(holds)) return true
    if (page.length < pageLength) return false
    after = page.at(-1)?.id
    await setImmediate()
  }
}

/** The feed has reported it. */
const unheard = () => undefined

/**
 * When asked about a serial, it reads a due list again: in the background, unless no valid list is left.
 *
 * @param maxAge seconds
 */
export function revocation(
  feed: StatusListFeed<StatusList>,
  { maxAge, clock }: { maxAge: number } & Pick<PlatformDependencies, 'clock'>,
): RevocationSource {
  const now = () => clock() / 1000
  const source = statusListSource(() => feed.current(), { maxAge, now })
  return {
    async stateOf(serial) {
      if (clock() >= feed.refreshAt()) {
        const reading = feed.refresh()
        const { readAt } = feed.current() ?? { readAt: -Infinity }
        if (isListCurrent(readAt, now(), maxAge)) reading.catch(unheard)
        else await reading
      }
      return source.stateOf(serial)
    },
  }
}

/** Kinds of evidence that apps on a platform can be registered for, and their formats. */
export function kindsOf(
  schemes: readonly EvidenceScheme[],
  platform: DevicePlatform,
): Record<string, string> {
  return Object.fromEntries(
    schemes
      .filter(({ asserts, settings }) => asserts === undefined && settings.platform === platform)
      .map(({ settings, descriptor }) => [settings.name, descriptor.name]),
  )
}
