import type { PseudonymOf } from '../attestation/issue.ts'
import type { Registrations } from '../attestation/registrations/registrations.ts'
import type { CheckedConfig } from '../config/service.config.ts'
import { createSigningKeyUseCases } from '../operations/signing-keys.usecases.ts'
import { createStatusLists } from '../operations/status-lists.usecases.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Changes } from './changes.ts'
import type { Feature } from './feature.ts'
import type { Nodes } from './nodes.feature.ts'
import type { ServiceLog } from './service-log.ts'

interface SigningParts {
  config: Pick<CheckedConfig, 'clock'>
  storage: Pick<Storage, 'signingKeys' | 'status'>
  nodes: Pick<Nodes, 'keyClock' | 'lease'>
  registrations: Pick<Registrations, 'isAudience' | 'findApi'>
  changes: Pick<Changes, 'follow'>
  pseudonymOf: PseudonymOf
  publicUrl: () => string
  log: Pick<ServiceLog, 'error'>
}

/** The keys that sign tokens, and the lists that they sign of what must be refused before its tokens expire. */
export function composeSigning(parts: SigningParts) {
  const { storage, nodes, registrations, changes, pseudonymOf, publicUrl, log } = parts
  const { clock } = parts.config
  const signingKeys = createSigningKeyUseCases({
    signingKeys: storage.signingKeys,
    clock: nodes.keyClock(clock),
    lease: nodes.lease,
  })
  const statusLists = createStatusLists({
    status: storage.status,
    findApi: async (audience) =>
      (await registrations.isAudience(audience)) ? registrations.findApi(audience) : undefined,
    signingKey: () => signingKeys.signing(),
    ...{ pseudonymOf, publicUrl, clock },
    onLeftOut: (api, names) => log.error({ api, names }, 'more bans than a status list can hold'),
  })
  changes.follow(({ isOwn }) => {
    if (!isOwn) statusLists.changed()
  })
  changes.follow(signingKeys.refresh)
  return {
    handlers: { signingKeys, statusLists },
    jobs: [
      { every: 3_600_000, work: signingKeys.refresh },
      { every: 60_000, work: async () => statusLists.forget() },
    ],
  } satisfies Feature
}
