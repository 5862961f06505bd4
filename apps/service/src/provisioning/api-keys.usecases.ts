import { createHash } from 'node:crypto'
import {
  encodeBase64url,
  type ApiKey,
  type ApiKeyInput,
  type CreatedApiKey,
  type ProvenanceJwk,
} from '@assay/protocol'
import { ProblemError } from '../faults/problem-error.ts'
import type { Clock, Random } from '../system/ports.ts'
import { randomId } from '../system/random.ts'
import type { Asked } from './apps.usecases.ts'
import { isProvenanceKey, provenanceKeyName } from './builds/provenance.ts'
import { pageOf, type Page } from '../system/page.ts'
import { nameOfProvenanceKey, type ApiKeyStore } from './ports.ts'

interface ApiKeyDependencies {
  apiKeys: ApiKeyStore
  clock: Clock
  random: Random
}

const secretPattern = /^assay_[A-Za-z0-9_-]{43}$/
/** `assay_` and four characters: enough to tell keys apart, no help in guessing the other 234 bits. */
const prefixLength = 10

export type ApiKeyUseCases = ReturnType<typeof createApiKeyUseCases>

/** Keys of operators and release pipelines. Only their digests are kept. */
export function createApiKeyUseCases({ apiKeys, clock, random }: ApiKeyDependencies) {
  const newKey = (
    { name, scope, apps }: Pick<ApiKey, 'name' | 'scope' | 'apps'>,
    publicKey: ProvenanceJwk | null,
  ): ApiKey => ({
    id: randomId(random, 12),
    name,
    scope,
    apps: [...apps].sort(),
    public_key: publicKey,
    created_at: new Date(clock()).toISOString(),
  })
  const insert = async (
    secret: string,
    input: Pick<ApiKey, 'name' | 'scope' | 'apps'>,
  ): Promise<CreatedApiKey> => {
    const key = newKey(input, null)
    const stored = { ...key, hash: hashApiKeySecret(secret), prefix: secret.slice(0, prefixLength) }
    const inserted = await apiKeys.insert(stored)
    if (inserted === 'app_not_found') throw new ProblemError('app_not_found')
    if (inserted === 'exists') throw new Error('a new API key has the id or the digest of another')
    return { ...key, secret }
  }
  const newSecret = () => `assay_${encodeBase64url(random(32))}`

  /** The pipeline keeps the private key: here is nothing secret. */
  const insertPublic = async (
    input: Pick<ApiKey, 'name' | 'apps'>,
    publicKey: ProvenanceJwk,
  ): Promise<ApiKey> => {
    if (!(await isProvenanceKey(publicKey)))
      throw new ProblemError('request_invalid', {
        errors: [{ pointer: '/public_key', code: 'invalid_value' }],
      })
    const key = newKey({ ...input, scope: 'provenance' }, publicKey)
    const hash = nameOfProvenanceKey(await provenanceKeyName(publicKey))
    const inserted = await apiKeys.insert({ ...key, hash, prefix: '' })
    if (inserted === 'app_not_found') throw new ProblemError('app_not_found')
    if (inserted === 'exists') throw new ProblemError('key_exists')
    return key
  }

  return {
    add: async ({ name, scope, apps = [], public_key: publicKey }: Asked<ApiKeyInput>): Promise<ApiKey> =>
      publicKey === undefined
        ? insert(newSecret(), { name, scope, apps })
        : insertPublic({ name, apps }, publicKey),
    /** For whoever has no key at all. */
    addAdmin: (name: string): Promise<CreatedApiKey> =>
      insert(newSecret(), { name, scope: 'admin', apps: [] }),
    list: (page: Page) =>
      pageOf(
        'keys',
        page,
        (asked) => apiKeys.list(asked),
        ({ id }) => id,
      ),
    async remove(id: string): Promise<void> {
      if (!(await apiKeys.remove(id))) throw new ProblemError('key_not_found')
    },
    /** The key whose secret this is. */
    async authenticate(secret: string): Promise<ApiKey | undefined> {
      return secretPattern.test(secret) ? apiKeys.findByHash(hashApiKeySecret(secret)) : undefined
    },
    async hasAdmin(): Promise<boolean> {
      return (await apiKeys.countAdmins()) > 0
    },
    /** Makes the first admin key, or takes `secret` as it. `undefined`: there is an admin key already. */
    async addFirstAdmin(secret = newSecret()): Promise<CreatedApiKey | undefined> {
      if ((await apiKeys.countAdmins()) > 0) return undefined
      return insert(secret, { name: 'first admin key', scope: 'admin', apps: [] })
    },
  }
}

/** Whether `text` has the form of an API key: `assay_` and 32 random bytes in base64url. */
export function isApiKeySecret(text: string): boolean {
  return secretPattern.test(text)
}

/**
 * SHA-256 of a secret, lower-case hex. The secret must hold 256 random bits: then a fast digest is enough, and looking
 * it up by an index tells nobody anything.
 */
export function hashApiKeySecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex')
}
