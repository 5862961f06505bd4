import { encodeBase64url, longestDevelopmentSecret } from '@assay/protocol'
import type {
  CreatedDevelopmentSecret,
  DevelopmentSecret,
  DevelopmentSecretInput,
} from '@assay/protocol/schemas'
import { ProblemError } from '../faults/problem-error.ts'
import { pageOf, type Page } from '../system/page.ts'
import type { Clock, Random } from '../system/ports.ts'
import { randomId } from '../system/random.ts'
import { hashApiKeySecret } from './api-keys.usecases.ts'
import type { AppStore, DevelopmentSecretStore } from './model/ports.ts'

interface SecretDependencies {
  secrets: DevelopmentSecretStore
  apps: Pick<AppStore, 'find'>
  clock: Clock
  random: Random
}

const day = 24 * 60 * 60 * 1000

export type DevelopmentSecretUseCases = ReturnType<typeof createDevelopmentSecretUseCases>

/** Secrets of persons and pipelines, which give development tokens. Only their digests are kept. */
export function createDevelopmentSecretUseCases({ secrets, apps, clock, random }: SecretDependencies) {
  return {
    async add({ app, name, days }: DevelopmentSecretInput): Promise<CreatedDevelopmentSecret> {
      const found = await apps.find(app)
      if (found === undefined) throw new ProblemError('app_not_found')
      if (found.development !== true)
        throw new ProblemError('request_invalid', {
          errors: [{ pointer: '/app', code: 'not_for_development' }],
        })
      const secret = `assaydev_${encodeBase64url(random(32))}`
      const now = clock()
      const made: DevelopmentSecret = {
        id: randomId(random, 12),
        app,
        name,
        created_at: new Date(now).toISOString(),
        expires_at: new Date(now + (days ?? longestDevelopmentSecret) * day).toISOString(),
        revoked_at: null,
        last_used_at: null,
        uses: 0,
      }
      if ((await secrets.insert(made, hashApiKeySecret(secret))) === 'app_not_found')
        throw new ProblemError('app_not_found')
      return { ...made, secret }
    },
    list: (page: Page) =>
      pageOf(
        'secrets',
        page,
        (requested) => secrets.list(requested),
        ({ id }) => id,
      ),
    /** The secret is kept, so that its name shows who still uses it. */
    async revoke(id: string): Promise<DevelopmentSecret> {
      const revoked = await secrets.revoke(id, clock())
      if (revoked === undefined) throw new ProblemError('development_secret_not_found')
      return revoked
    },
  }
}
