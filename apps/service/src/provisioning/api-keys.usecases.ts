import { createHash } from 'node:crypto'
import { encodeBase64url, type ProvenanceJwk } from '@assay/protocol'
import type { ApiKey, ApiKeyInput, CreatedApiKey } from '@assay/protocol/schemas'
import { LRUCache } from 'lru-cache'
import { ProblemError } from '../faults/problem-error.ts'
import type { Clock, Random } from '../system/ports.ts'
import { randomId } from '../system/random.ts'
import { isProvenanceKey, provenanceKeyName } from './builds/provenance.ts'
import { checkYetToCome } from './model/yet-to-come.ts'
import { pageOf, type Page } from '../system/page.ts'
import { nameOfProvenanceKey, type ApiKeyStore } from './model/ports.ts'

interface ApiKeyDependencies {
  apiKeys: ApiKeyStore
  clock: Clock
  random: Random
}

const secretPattern = /^assay_[A-Za-z0-9_-]{43}$/
/** `assay_` and four characters: enough to tell keys apart, but no help in guessing the other 234 bits. */
const prefixLength = 10

/** Milliseconds between two records of a key's use. */
const useRecorded = 5 * 60_000
/** Number of keys whose last record is remembered. */
const mostKeys = 1_000

type NewKey = Pick<ApiKey, 'name' | 'scope' | 'apps'> & {
  let_through?: boolean | undefined
  expires_at?: string | undefined
}

export type ApiKeyUseCases = ReturnType<typeof createApiKeyUseCases>

/** Keys of operators and release pipelines. Only their digests are kept. */
export function createApiKeyUseCases({ apiKeys, clock, random }: ApiKeyDependencies) {
  const newKey = (
    { name, scope, apps, let_through: letThrough = false, expires_at: expiresAt }: NewKey,
    publicKey: ProvenanceJwk | null,
  ): ApiKey => ({
    id: randomId(random, 12),
    name,
    scope,
    apps: [...apps].sort(),
    public_key: publicKey,
    let_through: letThrough,
    created_at: new Date(clock()).toISOString(),
    expires_at: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    last_used_at: null,
  })
  const insertUnlessThere = async (secret: string, input: NewKey): Promise<CreatedApiKey | 'exists'> => {
    const key = newKey(input, null)
    const stored = { ...key, hash: hashApiKeySecret(secret), prefix: secret.slice(0, prefixLength) }
    const inserted = await apiKeys.insert(stored)
    if (inserted === 'app_not_found') throw new ProblemError('app_not_found')
    return inserted === 'exists' ? inserted : { ...key, secret }
  }
  const insert = async (secret: string, input: NewKey): Promise<CreatedApiKey> => {
    const inserted = await insertUnlessThere(secret, input)
    if (inserted === 'exists') throw new Error('a new API key has the id or the digest of another')
    return inserted
  }
  const newSecret = () => `assay_${encodeBase64url(random(32))}`

  const recorded = new LRUCache<string, number>({ max: mostKeys })
  /** If a use cannot be recorded, nobody is kept out. */
  const recordUse = async ({ id }: ApiKey): Promise<void> => {
    const now = clock()
    if (Math.abs(now - (recorded.get(id) ?? -Infinity)) < useRecorded) return
    recorded.set(id, now)
    await apiKeys.touch(id, now).catch(() => recorded.delete(id))
  }

  /** The pipeline keeps the private key: nothing here is secret. */
  const insertPublic = async (input: Omit<NewKey, 'scope'>, publicKey: ProvenanceJwk): Promise<ApiKey> => {
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
    async add({ public_key: publicKey, apps = [], ...input }: ApiKeyInput): Promise<ApiKey> {
      checkYetToCome(input.expires_at, clock())
      return publicKey === undefined
        ? insert(newSecret(), { ...input, apps })
        : insertPublic({ ...input, apps }, publicKey)
    },
    /** For callers that have no key at all. */
    addAdmin: (name: string): Promise<CreatedApiKey> =>
      insert(newSecret(), { name, scope: 'admin', apps: [] }),
    list: (page: Page) =>
      pageOf(
        'keys',
        page,
        (requested) => apiKeys.list(requested),
        ({ id }) => id,
      ),
    async remove(id: string): Promise<void> {
      const removed = await apiKeys.remove(id, clock())
      if (removed === 'last_admin') throw new ProblemError('key_last_admin')
      if (!removed) throw new ProblemError('key_not_found')
    },
    /** The key with this secret, unless it has expired. */
    async authenticate(secret: string): Promise<ApiKey | undefined> {
      const key = secretPattern.test(secret) ? await apiKeys.findByHash(hashApiKeySecret(secret)) : undefined
      if (key === undefined || isExpired(key, clock())) return undefined
      await recordUse(key)
      return key
    },
    /** The key, while it is valid. */
    async find(id: string): Promise<ApiKey | undefined> {
      const key = await apiKeys.find(id)
      return key === undefined || isExpired(key, clock()) ? undefined : key
    },
    async hasAdmin(): Promise<boolean> {
      return (await apiKeys.countAdmins()) > 0
    },
    /** Makes the first admin key, or takes `secret` as it. `undefined`: there is an admin key already. */
    async addFirstAdmin(secret = newSecret()): Promise<CreatedApiKey | undefined> {
      if ((await apiKeys.countAdmins()) > 0) return undefined
      const input: NewKey = { name: 'first admin key', scope: 'admin', apps: [] }
      const inserted = await insertUnlessThere(secret, input)
      // Another node with the same secret, started at the same moment, was faster.
      return inserted === 'exists' ? undefined : inserted
    },
  }
}

function isExpired({ expires_at: expiresAt }: ApiKey, now: number): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= now
}

/** Whether `text` has the form of an API key: `assay_` and 32 random bytes in base64url. */
export function isApiKeySecret(text: string): boolean {
  return secretPattern.test(text)
}

/**
 * SHA-256 of a secret, lower-case hex. The secret must hold 256 random bits: then a fast digest is enough, and looking
 * it up in an index reveals nothing.
 */
export function hashApiKeySecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex')
}
