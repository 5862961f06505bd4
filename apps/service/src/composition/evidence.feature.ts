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
import type { Platform as DevicePlatform } from '@assay/protocol'
import type { App, VendorList } from '@assay/protocol/schemas'
import type { Clock } from '../system/ports.ts'
import type { CheckedConfig } from '../config/service.config.ts'
import type { Storage } from '../storage/open-storage.ts'
import { createStatusListFeed, VendorError, type StatusListFeed } from '../vendors/index.ts'
import { createInquiries } from '../attestation/inquiries.ts'
import { createPlatformVerifier, type PlatformVerifier } from '../attestation/evidence/platform-evidence.ts'
import type { AppStore } from '../provisioning/model/ports.ts'
import { secretOf } from '../provisioning/apps.usecases.ts'
import type { Feature } from './feature.ts'
import { createProductSchemes } from './product-schemes.ts'

interface EvidenceParts {
  config: Pick<CheckedConfig, 'vendors' | 'moreSchemes' | 'fetch' | 'clock'>
  storage: Pick<Storage, 'apps' | 'installations' | 'secrets' | 'vendorLists'>
  onMalfunction: (error: unknown) => void
}

/** Platform evidence, with its vendors. */
export interface EvidenceSupport {
  schemes: SchemeRegistry
  platform: PlatformVerifier
  /** Empty until an app needs one. */
  vendorLists: () => VendorList[]
}

export function composeEvidence({ config, storage, onMalfunction }: EvidenceParts): Feature<EvidenceSupport> {
  const { vendors, fetch, clock } = config
  const { apps, installations, secrets } = storage
  const feed = createStatusListFeed({
    url: vendors.statusListUrl,
    store: storage.vendorLists,
    maxAge: vendors.statusListMaxAge,
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
    ...config.moreSchemes,
  ])
  const findSecret = async (app: string, name: string): Promise<unknown> => {
    const kept = await secrets.find(secretOf(app, name))
    return kept === undefined ? undefined : (JSON.parse(kept.toString('utf8')) as unknown)
  }
  const inquiries = createInquiries({
    ...{ schemes, apps, installations, findSecret, clock, onMalfunction },
  })
  /** Reads the status list again when it is due, as long as some app needs it. */
  const refreshStatusList = async () => {
    if (clock() < feed.refreshAt()) return
    if (await someApp(apps, ({ evidence }) => evidence[androidKeyDescription.settings.name] !== undefined))
      await feed.refresh().catch(alreadyReported)
  }
  return {
    handlers: {
      schemes,
      platform: createPlatformVerifier(schemes, findSecret),
      vendorLists: () => vendorListsOf(feed, vendors.statusListMaxAge),
    },
    jobs: [
      { every: 60_000, first: 0, work: refreshStatusList },
      { every: 2_000, work: inquiries.askDue },
    ],
  }
}

function vendorListsOf(feed: StatusListFeed<StatusList>, maxAge: number): VendorList[] {
  const askedAt = feed.askedAt()
  if (askedAt === undefined) return []
  const readAt = feed.current()?.readAt
  const failure = feed.lastFailure()
  return [
    {
      name: 'android_status_list',
      read_at: timeOf(readAt),
      usable_until: timeOf(readAt === undefined ? undefined : readAt + maxAge),
      asked_at: new Date(askedAt).toISOString(),
      answer: failure === undefined ? 'ok' : failure instanceof VendorError ? failure.code : 'internal_error',
    },
  ]
}

const timeOf = (seconds: number | undefined) =>
  seconds === undefined ? null : new Date(1000 * seconds).toISOString()

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
const alreadyReported = () => undefined

/**
 * When asked about a serial, it reads a due list again: in the background, unless no valid list is left.
 *
 * @param maxAge seconds
 */
export function revocation(
  feed: StatusListFeed<StatusList>,
  { maxAge, clock }: { maxAge: number; clock: Clock },
): RevocationSource {
  const now = () => clock() / 1000
  const source = statusListSource(() => feed.current(), { maxAge, now })
  const isCurrent = () => isListCurrent(feed.current()?.readAt ?? -Infinity, now(), maxAge)
  return {
    async stateOf(serial) {
      if (clock() >= feed.refreshAt()) {
        const reading = feed.refresh().catch(alreadyReported)
        if (!isCurrent()) await reading
      }
      // The vendor's fault has the code that tells an operator what to do.
      if (!isCurrent() && feed.lastFailure() !== undefined) throw feed.lastFailure()
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
