import type { GradedScheme } from '@assay/appraisal'
import type { RevocationSource } from '@assay/evidence'
import {
  androidKeyDescription,
  readStatusList,
  statusListSource,
  type StatusList,
} from '@assay/evidence/android-key-attestation'
import { appAttestAssertionDescription, appAttestDescription } from '@assay/evidence/apple-app-attest'
import { playIntegrityDescription, UndecodableTokenError } from '@assay/evidence/play-integrity'
import type { App } from '@assay/protocol'
import type { InstallationRepository } from '../storage/repositories/installations.repository.ts'
import type { Clock } from '../system/ports.ts'
import type { SecretRepository } from '../storage/repositories/secrets.repository.ts'
import type { CheckedVendors } from '../config/vendors.config.ts'
import { createPlayDecoder, createStatusListFeed, type StatusListFeed } from '../vendors/index.ts'
import { androidKeyFormat } from './evidence/android-key-format.ts'
import { appAttestFormats } from './evidence/app-attest-formats.ts'
import { createPlatformVerifier, type PlatformVerifier } from '../attestation/evidence/platform-evidence.ts'
import { playIntegrityFormat } from './evidence/play-integrity-format.ts'

interface PlatformDependencies {
  vendors: CheckedVendors
  apps: { list(): Promise<App[]> }
  installations: Pick<InstallationRepository, 'takeVendorCall'>
  secrets: Pick<SecretRepository, 'find'>
  fetch: typeof fetch
  clock: Clock
  /** Told of what failed in the background. */
  onMalfunction: (error: unknown) => void
}

/** The schemes whose claims policies can speak of. */
export const schemeDescriptions: readonly GradedScheme[] = [
  appAttestDescription,
  appAttestAssertionDescription,
  androidKeyDescription,
  playIntegrityDescription,
]

/** Platform evidence, wired to its vendors. */
export interface Platform {
  verifier: PlatformVerifier
  /** Reads the status list again when it is time, while some app needs it. */
  refreshStatusList(): Promise<void>
}

export function createPlatform(dependencies: PlatformDependencies): Platform {
  const { vendors, apps, installations, secrets, fetch, clock, onMalfunction } = dependencies
  const feed = createStatusListFeed({ url: vendors.statusListUrl, fetch, clock, read: readStatusList })
  const decode = createPlayDecoder({
    baseUrl: vendors.playIntegrityUrl,
    credentials: vendors.googleCredentials,
    budget: {
      take: (app: App) =>
        installations.takeVendorCall(app.id, app.evidence.play_integrity?.calls_per_day ?? 0, clock()),
    },
    fetch,
    clock,
    undecodable: (cause) => new UndecodableTokenError({ cause }),
  })
  const testAnchors = vendors.googleTestRoots.map((root, i) => ({
    name: `test-root-${i + 1}`,
    publicKey: root.publicKey.export({ format: 'der', type: 'spki' }),
  }))
  return {
    verifier: createPlatformVerifier([
      ...appAttestFormats(vendors.appleTestRoots),
      androidKeyFormat(
        revocation(feed, { maxAge: vendors.statusListMaxAge, clock, onMalfunction }),
        testAnchors,
      ),
      playIntegrityFormat({ secrets, decode }),
    ]),
    async refreshStatusList() {
      if (clock() < feed.refreshAt()) return
      const all = await apps.list()
      if (all.some(({ evidence }) => evidence.android_key_attestation !== undefined)) await feed.refresh()
    },
  }
}

/**
 * Asked about a serial, it reads a list that is due again: in the background, unless there is none that still counts.
 *
 * @param maxAge seconds
 */
function revocation(
  feed: StatusListFeed<StatusList>,
  {
    maxAge,
    clock,
    onMalfunction,
  }: { maxAge: number } & Pick<PlatformDependencies, 'clock' | 'onMalfunction'>,
): RevocationSource {
  const now = () => clock() / 1000
  const source = statusListSource(() => feed.current(), { maxAge, now })
  return {
    async stateOf(serial) {
      if (clock() >= feed.refreshAt()) {
        const reading = feed.refresh()
        const { readAt } = feed.current() ?? { readAt: -Infinity }
        if (now() - readAt <= maxAge) reading.catch(onMalfunction)
        else await reading
      }
      return source.stateOf(serial)
    },
  }
}
