import { createPresets, vocabularyOf } from '@assay/appraisal'
import type { SchemeRegistry } from '@assay/evidence'
import { installationPseudonym } from '@assay/tokens'
import type { PseudonymOf } from '../attestation/issue.ts'
import { createRegistrations } from '../attestation/registrations/registrations.ts'
import type { CheckedConfig } from '../config/service.config.ts'
import { createPolicyUseCases } from '../provisioning/policies.usecases.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Changes } from './changes.ts'
import type { Feature } from './feature.ts'
import type { Nodes } from './nodes.feature.ts'

/** Milliseconds for which registrations stay valid while the store does not confirm them. */
const registrationsOutlast = 15 * 60_000

interface RegistrationsParts {
  config: Pick<CheckedConfig, 'clock' | 'steady' | 'random'>
  storage: Pick<Storage, 'registered' | 'policies' | 'secrets'>
  schemes: SchemeRegistry
  nodes: Pick<Nodes, 'upToDateAt'>
  changes: Pick<Changes, 'follow'>
}

/** What is registered, kept in memory, the policies that apps and APIs name, and the names of installations. */
export async function composeRegistrations(parts: RegistrationsParts) {
  const { config, storage, schemes, nodes, changes } = parts
  const { clock, steady, random } = config
  const vocabulary = vocabularyOf(schemes.all)
  const registrations = createRegistrations({
    ...storage.registered,
    ...{ vocabulary, clock, steady },
    upToDateAt: nodes.upToDateAt,
    outlast: registrationsOutlast,
  })
  changes.follow(({ isOwn }) => {
    if (!isOwn) registrations.changed()
  })
  const policies = createPolicyUseCases({
    policies: storage.policies,
    presets: createPresets(schemes.all),
    ...{ registrations, vocabulary, clock },
  })
  const secret = await storage.secrets.getOrCreate('pseudonym', () => random(32))
  const pseudonymOf: PseudonymOf = (...installation) => installationPseudonym(secret, ...installation)
  return { handlers: { registrations, policies, vocabulary, pseudonymOf } } satisfies Feature
}
