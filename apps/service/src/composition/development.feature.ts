import type { CheckedConfig } from '../config/service.config.ts'
import type { SigningKeyUseCases } from '../operations/signing-keys.usecases.ts'
import { createDevelopmentKey } from '../provisioning/development-key.ts'
import { createDevelopmentSecretUseCases } from '../provisioning/development-secrets.usecases.ts'
import { createDevelopmentTokenUseCases } from '../provisioning/development-tokens.usecases.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Random } from '../system/ports.ts'
import type { Feature } from './feature.ts'

type TokenDependencies = Parameters<typeof createDevelopmentTokenUseCases>[0]

interface DevelopmentParts extends Pick<
  TokenDependencies,
  'registrations' | 'pseudonymOf' | 'publicUrl' | 'count' | 'recordTrace' | 'mayKeep'
> {
  config: Pick<CheckedConfig, 'clock' | 'steady' | 'random'>
  storage: Pick<Storage, 'apps' | 'secrets' | 'appSecrets' | 'developmentSecrets'>
  signingKeys: SigningKeyUseCases
  /** For the ids of tokens. */
  nonces: Random
}

/** Development tokens: who may have them, and what signs them. */
export function composeDevelopment(parts: DevelopmentParts) {
  const { storage, signingKeys, registrations, pseudonymOf, publicUrl, count, recordTrace, mayKeep } = parts
  const { clock, steady, random } = parts.config
  const { apps, developmentSecrets: secrets, appSecrets } = storage
  const key = createDevelopmentKey({
    secrets: storage.secrets,
    replace: (name, value) => appSecrets.put(name, value),
    clock,
    steady,
  })
  const handlers = {
    secrets: createDevelopmentSecretUseCases({ secrets, apps, clock, random }),
    tokens: createDevelopmentTokenUseCases({
      ...{ secrets, key, registrations, pseudonymOf, publicUrl, count, recordTrace, mayKeep, clock },
      random: parts.nonces,
    }),
    /** The production keys. Whoever stole one key had the other too: both are replaced. */
    signingKeys: {
      ...signingKeys,
      async rotate() {
        const rotation = await signingKeys.rotate()
        await key.rotate()
        return rotation
      },
    },
  }
  return { handlers } satisfies Feature
}
