import type { Vocabulary } from '@assay/appraisal'
import { software } from '@assay/evidence/software'
import type { Api } from '@assay/protocol/schemas'
import type { PlatformVerifier } from '../attestation/evidence/platform-evidence.ts'
import type { CheckedConfig } from '../config/service.config.ts'
import { createDryRunUseCases } from '../provisioning/dry-run/dry-run.usecases.ts'
import { sampleDays } from '../provisioning/dry-run/ports.ts'
import { createSampler } from '../provisioning/dry-run/samples.ts'
import type { PolicyUseCases } from '../provisioning/policies.usecases.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Page } from '../system/page.ts'
import type { Feature } from './feature.ts'

const minute = 60_000
const day = 24 * 60 * minute

interface DryRunParts {
  config: Pick<CheckedConfig, 'clock' | 'random'>
  storage: Pick<Storage, 'apps' | 'apis' | 'builds' | 'claimSamples' | 'installations' | 'secrets'>
  platform: PlatformVerifier
  policies: Pick<PolicyUseCases, 'candidate' | 'policyFor'>
  vocabulary: Vocabulary
  onMalfunction: (error: unknown) => void
}

/** Samples of claims, and the dry runs over them. */
export async function composeDryRun(parts: DryRunParts) {
  const { config, storage, platform, policies, vocabulary, onMalfunction } = parts
  const { clock, random } = config
  const secret = await storage.secrets.getOrCreate('claim-samples', () => random(32))
  const sampler = createSampler({ store: storage.claimSamples, secret, vocabulary })
  const useCases = createDryRunUseCases({
    samples: storage.claimSamples,
    remembered: storage.installations,
    flush: sampler.flush,
    rankOf: sampler.rankOf,
    platform,
    findApp: (id) => storage.apps.find(id),
    apisOf: async (app) =>
      (
        await every(
          (page) => storage.apis.list(page),
          ({ audience }) => audience,
        )
      ).filter(namesApp(app)),
    buildsOf: async (app) =>
      (
        await every(
          (page) => storage.builds.list(app, page),
          ({ id }) => id,
        )
      ).filter(({ state }) => state === 'active'),
    candidate: (requested) => policies.candidate(requested),
    policyFor: (app, api) => policies.policyFor(app, api),
    vocabulary,
    measurement: software.descriptor.name,
    clock,
    elapsed: () => performance.now(),
  })
  return {
    handlers: { useCases, take: sampler.take },
    jobs: [{ every: minute, work: sampler.flush }],
    prune: () => storage.claimSamples.prune(Math.floor(clock() / day) - sampleDays),
    close: () => sampler.flush().catch(onMalfunction),
  } satisfies Feature
}

const namesApp =
  (app: string) =>
  ({ apps }: Api) =>
    apps.includes(app)

const pageLength = 100

async function every<Entry>(
  read: (page: Page) => Promise<Entry[]>,
  cursorOf: (entry: Entry) => string,
): Promise<Entry[]> {
  const all: Entry[] = []
  for (;;) {
    const last = all.at(-1)
    const page = await read({ after: last && cursorOf(last), limit: pageLength })
    all.push(...page)
    if (page.length < pageLength) return all
  }
}
