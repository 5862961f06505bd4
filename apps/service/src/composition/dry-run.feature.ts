import type { Vocabulary } from '@assay/appraisal'
import { software } from '@assay/evidence/software'
import type { PlatformVerifier } from '../attestation/evidence/platform-evidence.ts'
import type { Registrations } from '../attestation/registrations/registrations.ts'
import type { CheckedConfig } from '../config/service.config.ts'
import { createDryRunUseCases } from '../provisioning/dry-run/dry-run.usecases.ts'
import { sampleDays } from '../provisioning/dry-run/ports.ts'
import { createSampler } from '../provisioning/dry-run/samples.ts'
import type { PolicyUseCases } from '../provisioning/policies.usecases.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Feature } from './feature.ts'
import { apisOf, buildsOf } from './of-app.ts'

const minute = 60_000
const day = 24 * 60 * minute

interface DryRunParts {
  config: Pick<CheckedConfig, 'clock' | 'random'>
  storage: Pick<Storage, 'apps' | 'apis' | 'builds' | 'claimSamples' | 'installations' | 'secrets'>
  platform: PlatformVerifier
  policies: Pick<PolicyUseCases, 'candidate' | 'policyFor'>
  registrations: Pick<Registrations, 'bootKeys'>
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
    apisOf: apisOf(storage),
    buildsOf: async (app) => (await buildsOf(storage)(app)).filter(({ state }) => state === 'active'),
    candidate: (requested) => policies.candidate(requested),
    policyFor: (app, api) => policies.policyFor(app, api),
    bootKeys: () => parts.registrations.bootKeys(),
    vocabulary,
    measurement: software.descriptor.name,
    clock,
    elapsed: () => performance.now(),
  })
  return {
    handlers: { useCases, take: sampler.take, rankOf: sampler.rankOf, flush: sampler.flush },
    jobs: [{ every: minute, work: sampler.flush }],
    prune: () => storage.claimSamples.prune(Math.floor(clock() / day) - sampleDays),
    close: () => sampler.flush().catch(onMalfunction),
  } satisfies Feature
}
