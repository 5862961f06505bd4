import type { AllowEntry, DevelopmentSecret } from '@assay/protocol'
import type { BanDetails } from '../../provisioning/model/ports.ts'
import type { StoredSigningKey } from '../../operations/ports.ts'
import type { Transaction } from 'kysely'
import { createAllowRepository } from '../repositories/allow-entries.repository.ts'
import { createApiKeyRepository } from '../repositories/api-keys.repository.ts'
import { createApiRepository } from '../repositories/apis.repository.ts'
import { createAppRepository } from '../repositories/apps.repository.ts'
import { createBanRepository } from '../repositories/bans.repository.ts'
import { createBuildRepository } from '../repositories/builds.repository.ts'
import { createDevelopmentSecretRepository } from '../repositories/development-secrets.repository.ts'
import { createPolicyRepository } from '../repositories/policies.repository.ts'
import { createSecretRepository, type SecretRepository } from '../repositories/secrets.repository.ts'
import { createSigningKeyRepository } from '../repositories/signing-keys.repository.ts'
import type { Sealing } from '../database/sealing.ts'
import type { Database, Tables } from '../database/tables.ts'
import type { Change, Journal } from './journal.ts'

interface AuditedOptions {
  db: Database
  sealing: Sealing
  journal: Journal
}

type Repository<Store> = (options: { db: Database }) => Store

/** The stores that operators administer. The audit log records every change of a registration. */
export function auditedStores({ db, sealing, journal }: AuditedOptions) {
  return {
    apps: auditedApps(db, journal),
    apis: auditedApis(db, journal),
    builds: auditedBuilds(db, journal),
    apiKeys: auditedApiKeys(db, journal),
    developmentSecrets: auditedDevelopmentSecrets(db, journal),
    bans: auditedBans(db, journal),
    allowEntries: auditedAllowEntries(db, journal),
    policies: auditedPolicies(db, journal),
    signingKeys: auditedSigningKeys(db, sealing, journal),
    /** Only secrets that operators give. Their values are not written down. */
    appSecrets: auditedSecrets(sealing, journal),
  }
}

const changed = <T>(result: T, isDone: boolean, change: Change) =>
  [result, isDone ? change : undefined] as const

function auditedApps(db: Database, { act }: Journal) {
  const over: Repository<ReturnType<typeof createAppRepository>> = createAppRepository
  const apps = over({ db })
  return {
    ...apps,
    insert: (app: Parameters<typeof apps.insert>[0]) =>
      act('app.add', app.id, async (trx) => {
        const result = await over({ db: trx }).insert(app)
        return changed(result, result === 'ok', { after: app })
      }),
    update: (id: string, ...rest: Tail<Parameters<typeof apps.update>>) =>
      act('app.update', id, async (trx) => {
        const before = await over({ db: trx }).find(id)
        const after = await over({ db: trx }).update(id, ...rest)
        return changed(after, typeof after === 'object', { before, after })
      }),
    remove: (id: string) =>
      act('app.remove', id, async (trx) => {
        const before = await over({ db: trx }).find(id)
        const isDone = await over({ db: trx }).remove(id)
        return changed(isDone, isDone, { before })
      }),
  }
}

function auditedApis(db: Database, { act }: Journal) {
  const over = createApiRepository
  const apis = over({ db })
  return {
    ...apis,
    insert: (api: Parameters<typeof apis.insert>[0]) =>
      act('api.add', api.audience, async (trx) => {
        const result = await over({ db: trx }).insert(api)
        return changed(result, result === 'ok', { after: api })
      }),
    update: (audience: string, ...rest: Tail<Parameters<typeof apis.update>>) =>
      act('api.update', audience, async (trx) => {
        const before = await over({ db: trx }).find(audience)
        const after = await over({ db: trx }).update(audience, ...rest)
        return changed(after, typeof after !== 'string', { before, after })
      }),
    remove: (audience: string) =>
      act('api.remove', audience, async (trx) => {
        const before = await over({ db: trx }).find(audience)
        const isDone = await over({ db: trx }).remove(audience)
        return changed(isDone, isDone, { before })
      }),
  }
}

function auditedBuilds(db: Database, { act }: Journal) {
  const over = createBuildRepository
  const builds = over({ db })
  const name = (app: string, id: string) => `${app}/${id}`
  const summary = (trx: Transaction<Tables>, app: string, id: string) =>
    over({ db: trx }).findSummary(app, id)
  return {
    ...builds,
    insert: (build: Parameters<typeof builds.insert>[0], options?: Parameters<typeof builds.insert>[1]) =>
      act('build.add', name(build.app, build.id), async (trx) => {
        const result = await over({ db: trx }).insert(build, options)
        const isDone = result === 'ok'
        return changed(result, isDone, { after: isDone ? await summary(trx, build.app, build.id) : null })
      }),
    activate: (app: string, id: string) =>
      act('build.activate', name(app, id), async (trx) => {
        const before = await summary(trx, app, id)
        const after = await over({ db: trx }).activate(app, id)
        return changed(after, after !== undefined && after.state !== before?.state, { before, after })
      }),
    retire: (app: string, id: string, now: Date) =>
      act('build.retire', name(app, id), async (trx) => {
        const before = await summary(trx, app, id)
        const after = await over({ db: trx }).retire(app, id, now)
        return changed(after, after !== undefined && after.state !== before?.state, { before, after })
      }),
  }
}

function auditedApiKeys(db: Database, { act }: Journal) {
  const over = createApiKeyRepository
  const apiKeys = over({ db })
  return {
    ...apiKeys,
    insert: (key: Parameters<typeof apiKeys.insert>[0]) =>
      act('key.add', key.id, async (trx) => {
        const result = await over({ db: trx }).insert(key)
        const { hash: _, prefix: __, ...after } = key
        return changed(result, result === 'ok', { after })
      }),
    remove: (id: string, now: number) =>
      act('key.remove', id, async (trx) => {
        const before = await trx
          .selectFrom('api_keys')
          .select(['id', 'name', 'scope'])
          .where('id', '=', id)
          .executeTakeFirst()
        const result = await over({ db: trx }).remove(id, now)
        return changed(result, result === true, { before })
      }),
  }
}

/** Uses are not acts of an operator: they are only counted. */
function auditedDevelopmentSecrets(db: Database, { act }: Journal) {
  const over = createDevelopmentSecretRepository
  const secrets = over({ db })
  return {
    ...secrets,
    insert: (secret: DevelopmentSecret, hash: string) =>
      act('development-secret.add', secret.id, async (trx) => {
        const result = await over({ db: trx }).insert(secret, hash)
        return changed(result, result === 'ok', { after: secret })
      }),
    revoke: (id: string, now: number) =>
      act('development-secret.revoke', id, async (trx) => {
        const before = await over({ db: trx }).find(id)
        const after = await over({ db: trx }).revoke(id, now)
        return changed(after, before?.revoked_at === null, { before, after })
      }),
  }
}

function auditedBans(db: Database, { act }: Journal) {
  const over = createBanRepository
  const bans = over({ db })
  type VouchingKey = Parameters<typeof bans.find>[1]
  const name = (app: string, { kind, id }: VouchingKey) => `${app}/${kind}/${id}`
  return {
    ...bans,
    add: (app: string, key: VouchingKey, details: BanDetails, now: number) =>
      act('ban.add', name(app, key), async (trx) => {
        const before = await over({ db: trx }).find(app, key, now)
        const after = await over({ db: trx }).add(app, key, details, now)
        return changed(after, true, { before, after })
      }),
    remove: (app: string, key: VouchingKey) =>
      act('ban.remove', name(app, key), async (trx) => {
        const before = await over({ db: trx }).find(app, key, 0)
        const isDone = await over({ db: trx }).remove(app, key)
        return changed(isDone, isDone, { before })
      }),
  }
}

function auditedAllowEntries(db: Database, { act }: Journal) {
  const over = createAllowRepository
  const entries = over({ db })
  type Entry = Pick<AllowEntry, 'app' | 'audience' | 'installation'>
  const name = ({ app, audience, installation }: Entry) => `${app}/${audience}/${installation}`
  return {
    ...entries,
    add: (entry: AllowEntry, now: number, most: number) =>
      act('allow.add', name(entry), async (trx) => {
        const added = await over({ db: trx }).add(entry, now, most)
        return changed(added, added !== 'full', {
          before: added === 'full' ? undefined : added.before,
          after: entry,
        })
      }),
    remove: (entry: Entry) =>
      act('allow.remove', name(entry), async (trx) => {
        const before = await over({ db: trx }).remove(entry)
        return changed(before, before !== undefined, { before })
      }),
  }
}

function auditedPolicies(db: Database, { act }: Journal) {
  const over = createPolicyRepository
  const policies = over({ db })
  return {
    ...policies,
    add: (id: string, document: unknown, now: number) =>
      act('policy.put', id, async (trx) => {
        const before = await over({ db: trx }).find(id)
        const version = await over({ db: trx }).add(id, document, now)
        return changed(version, true, {
          before: before && { version: before.version, document: before.document },
          after: { version, document },
        })
      }),
    rollBack: (id: string, to: number, now: number, check: (document: unknown) => void) =>
      act('policy.rollback', id, async (trx) => {
        const before = await over({ db: trx }).find(id)
        const after = await over({ db: trx }).rollBack(id, to, now, check)
        return changed(after, after !== undefined, {
          before: before && { version: before.version, document: before.document },
          after: after && { version: after.version, rolled_back_to: to, document: after.document },
        })
      }),
    remove: (id: string) =>
      act('policy.remove', id, async (trx) => {
        const before = await over({ db: trx }).find(id)
        const result = await over({ db: trx }).remove(id)
        return changed(result, result === true, {
          before: before && { version: before.version, document: before.document },
        })
      }),
  }
}

/** What the schedule does is nobody's act. */
function auditedSigningKeys(db: Database, sealing: Sealing, { act }: Journal) {
  const over = createSigningKeyRepository
  return {
    ...over({ db, sealing }),
    replaceAll: (key: StoredSigningKey, at: Date) =>
      act('signing-key.rotate', key.kid, async (trx) => {
        const result = await over({ db: trx, sealing }).replaceAll(key, at)
        return changed(result, result !== 'exists', {
          before: { withdrawn: result },
          after: { kid: key.kid },
        })
      }),
  }
}

function auditedSecrets(sealing: Sealing, { act }: Journal): Pick<SecretRepository, 'put' | 'remove'> {
  const over = createSecretRepository
  const isThere = async (trx: Transaction<Tables>, name: string) =>
    (await trx.selectFrom('secrets').select('name').where('name', '=', name).executeTakeFirst()) !== undefined
  return {
    put: (name: string, value: Uint8Array) =>
      act('secret.put', name, async (trx) => {
        const before = (await isThere(trx, name)) ? { given: true } : null
        await over({ db: trx, sealing }).put(name, value)
        return changed(undefined, true, { before, after: { given: true } })
      }),
    remove: (name: string) =>
      act('secret.remove', name, async (trx) => {
        const was = await isThere(trx, name)
        await over({ db: trx, sealing }).remove(name)
        return changed(undefined, was, { before: { given: true } })
      }),
  }
}

type Tail<T extends readonly unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never
