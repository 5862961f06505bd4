import type { SigningKeyUseCases } from '../operations/signing-keys.usecases.ts'
import { createDevelopmentKey } from '../provisioning/development-key.ts'
import {
  createDevelopmentSecretUseCases,
  type DevelopmentSecretUseCases,
} from '../provisioning/development-secrets.usecases.ts'
import {
  createDevelopmentTokenUseCases,
  type DevelopmentTokenUseCases,
} from '../provisioning/development-tokens.usecases.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Clock, Random } from '../system/ports.ts'

type TokenDependencies = Parameters<typeof createDevelopmentTokenUseCases>[0]

interface DevelopmentParts extends Omit<TokenDependencies, 'secrets' | 'key'> {
  storage: Pick<Storage, 'apps' | 'secrets' | 'appSecrets' | 'developmentSecrets'>
  signingKeys: SigningKeyUseCases
  steady: Clock
  /** For secrets; `random` is for the ids of tokens. */
  secretRandom: Random
}

interface Development {
  secrets: DevelopmentSecretUseCases
  tokens: DevelopmentTokenUseCases
  /** The production keys; the development key is replaced together with them. */
  signingKeys: SigningKeyUseCases
}

/** Development tokens: who may have them, and what signs them. */
export function composeDevelopment(options: DevelopmentParts): Development {
  const { storage, signingKeys, steady, secretRandom, ...parts } = options
  const { clock } = parts
  const { apps, developmentSecrets: secrets, appSecrets } = storage
  const key = createDevelopmentKey({
    secrets: storage.secrets,
    replace: (name, value) => appSecrets.put(name, value),
    clock,
    steady,
  })
  return {
    secrets: createDevelopmentSecretUseCases({ secrets, apps, clock, random: secretRandom }),
    tokens: createDevelopmentTokenUseCases({ ...parts, secrets, key }),
    /** Whoever stole one key had the other too: both are replaced. */
    signingKeys: {
      ...signingKeys,
      async rotate() {
        const rotation = await signingKeys.rotate()
        await key.rotate()
        return rotation
      },
    },
  }
}
