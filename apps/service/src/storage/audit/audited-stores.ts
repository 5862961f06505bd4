import type {
  Api,
  ApiKey,
  App,
  Ban,
  BootKeySet,
  BuildSummary,
  DevelopmentSecret,
  StoredPolicy,
} from '@assay/protocol/schemas'
import {
  createAllowRepository,
  nameOfAllowed,
  type StandingAllowed,
} from '../repositories/allow-entries.repository.ts'
import { createApiKeyRepository } from '../repositories/api-keys.repository.ts'
import { createApiRepository } from '../repositories/apis.repository.ts'
import { createAppRepository } from '../repositories/apps.repository.ts'
import { createBanRepository } from '../repositories/bans.repository.ts'
import { createBootKeyRepository } from '../repositories/boot-keys.repository.ts'
import { createBuildRepository } from '../repositories/builds.repository.ts'
import {
  createDevelopmentSecretRepository,
  type DevelopmentSecretRepository,
} from '../repositories/development-secrets.repository.ts'
import { createKnownInstallationRepository } from '../repositories/known-installations.repository.ts'
import { createPolicyRepository } from '../repositories/policies.repository.ts'
import { createSecretRepository, type SecretRepository } from '../repositories/secrets.repository.ts'
import { createSigningKeyRepository } from '../repositories/signing-keys.repository.ts'
import type { Sealing } from '../database/sealing.ts'
import type { RowMacs } from '../database/row-macs.ts'
import type { Database } from '../database/tables.ts'
import { audited, type AuditTable } from './audited.ts'
import type { Journal } from './journal.ts'

/** The stores that operators administer. The audit log records every change of a registration. */
export function auditedStores({
  db,
  sealing,
  macs,
  standing,
  journal,
}: {
  db: Database
  sealing: Sealing
  macs: RowMacs
  standing: StandingAllowed
  journal: Journal
}) {
  const over = { db, journal }
  return {
    apps: audited((db) => createAppRepository({ db }), apps, over),
    apis: audited((db) => createApiRepository({ db }), apis, over),
    builds: audited((db) => createBuildRepository({ db }), builds, over),
    apiKeys: audited((db) => createApiKeyRepository({ db, macs }), apiKeys, over),
    developmentSecrets: audited(
      (db) => createDevelopmentSecretRepository({ db, macs }),
      developmentSecrets,
      over,
    ),
    bans: audited((db) => createBanRepository({ db }), bans, over),
    allowEntries: audited((db) => createAllowRepository({ db, macs, standing }), allowEntries, over),
    knownInstallations: audited((db) => createKnownInstallationRepository({ db }), knownInstallations, over),
    policies: audited((db) => createPolicyRepository({ db }), policies, over),
    bootKeys: audited((db) => createBootKeyRepository({ db }), bootKeys, over),
    signingKeys: audited((db) => createSigningKeyRepository({ db, sealing }), signingKeys, over),
    /** Only secrets that operators give. Their values are not written down. */
    appSecrets: audited((db) => onlyGiven(createSecretRepository({ db, sealing })), appSecrets, over),
  }
}

/** Of a store whose `add` answers `ok`. */
const added = ({ gives }: { gives: unknown }, after: unknown) => (gives === 'ok' ? { after } : undefined)
/** Of a store that answers with what is there now, and with a word or nothing if it refuses. */
const replaced = ({ gives: after, seen: before }: { gives: unknown; seen: unknown }) =>
  typeof after === 'object' && after !== null ? { before, after } : undefined
/** Of a store that answers `true` if it was there. */
const removed = ({ gives, seen: before }: { gives: unknown; seen: unknown }) =>
  gives === true ? { before } : undefined
/** Of a store that answers with what is there now, whether or not it has changed. */
const passedOn = ({ gives: after, seen: before }: { gives?: State | undefined; seen?: State | undefined }) =>
  after !== undefined && after.state !== before?.state ? { before, after } : undefined

type State = Pick<BuildSummary, 'state'>

const itself = (id: string) => id
const idOf = ({ id }: { id: string }) => id
const byId = <Seen>(store: { find: (id: string) => Promise<Seen> }, id: string) => store.find(id)

const apps: AuditTable<ReturnType<typeof createAppRepository>, App> = {
  ...{ find: 'reads', list: 'reads' },
  insert: { action: 'app.add', object: idOf, change: added },
  update: { action: 'app.update', object: itself, before: byId, change: replaced },
  remove: { action: 'app.remove', object: itself, before: byId, change: removed },
}

const apis: AuditTable<ReturnType<typeof createApiRepository>, Api> = {
  ...{ find: 'reads', list: 'reads', names: 'reads' },
  insert: { action: 'api.add', object: ({ audience }) => audience, change: added },
  update: { action: 'api.update', object: itself, before: byId, change: replaced },
  remove: { action: 'api.remove', object: itself, before: byId, change: removed },
}

type Builds = ReturnType<typeof createBuildRepository>
const nameOfBuild = (app: string, id: string) => `${app}/${id}`
const summary = (store: Builds, app: string, id: string) => store.findSummary(app, id)

const imagesChanged = async (
  gives: string,
  before: BuildSummary | undefined,
  store: Builds,
  app: string,
  id: string,
) => (gives === 'ok' ? { before, after: await summary(store, app, id) } : undefined)

const builds: AuditTable<Builds, BuildSummary> = {
  ...{ find: 'reads', findSummary: 'reads', findManifest: 'reads', hasRetired: 'reads' },
  ...{ hasSdk: 'reads', listCode: 'reads' },
  ...{ list: 'reads', listActive: 'reads', listNewest: 'reads', listBlobs: 'reads', uploadSigners: 'reads' },
  touch: 'upkeep',
  insert: {
    action: 'build.add',
    object: ({ app, id }) => nameOfBuild(app, id),
    before: (store, { app, id }) => summary(store, app, id),
    change: async ({ gives, seen, store }, { app, id }) => {
      if (gives !== 'ok') return undefined
      const after = await summary(store, app, id)
      return seen === undefined ? { after } : { before: seen, after }
    },
  },
  update: { action: 'build.update', object: nameOfBuild, before: summary, change: replaced },
  remove: { action: 'build.remove', object: nameOfBuild, before: summary, change: removed },
  activate: { action: 'build.activate', object: nameOfBuild, before: summary, change: passedOn },
  retire: { action: 'build.retire', object: nameOfBuild, before: summary, change: passedOn },
  restore: { action: 'build.restore', object: nameOfBuild, before: summary, change: passedOn },
  insertVariant: {
    action: 'build.add-variant',
    object: ({ app, id }) => nameOfBuild(app, id),
    before: (store, { app, id }) => summary(store, app, id),
    change: ({ gives, seen, store }, { app, id }) => imagesChanged(gives, seen, store, app, id),
  },
  activateVariant: {
    action: 'build.activate-variant',
    object: nameOfBuild,
    before: summary,
    change: ({ gives, seen, store }, app, id) => imagesChanged(gives, seen, store, app, id),
  },
  endImage: {
    action: 'build.end-variant',
    object: nameOfBuild,
    before: summary,
    change: ({ gives, seen, store }, app, id) => imagesChanged(gives, seen, store, app, id),
  },
}

const apiKeys: AuditTable<ReturnType<typeof createApiKeyRepository>, ApiKey> = {
  ...{ find: 'reads', findByHash: 'reads', findProvenanceKey: 'reads', list: 'reads', countAdmins: 'reads' },
  touch: 'upkeep',
  insert: {
    action: 'key.add',
    object: idOf,
    change: (done, { hash: _, prefix: __, ...after }) => added(done, after),
  },
  remove: {
    action: 'key.remove',
    object: itself,
    before: byId,
    change: ({ gives, seen }) =>
      removed({ gives, seen: seen && { id: seen.id, name: seen.name, scope: seen.scope } }),
  },
}

const developmentSecrets: AuditTable<DevelopmentSecretRepository, DevelopmentSecret> = {
  ...{ find: 'reads', findByHash: 'reads', list: 'reads' },
  use: 'upkeep',
  insert: { action: 'development-secret.add', object: idOf, change: added },
  revoke: {
    action: 'development-secret.revoke',
    object: itself,
    before: byId,
    change: ({ gives: after, seen: before }) => (before?.revoked_at === null ? { before, after } : undefined),
  },
}

type Bans = ReturnType<typeof createBanRepository>
const nameOfBan = (app: string, { kind, id }: Parameters<Bans['find']>[1]) => `${app}/${kind}/${id}`

const bans: AuditTable<Bans, Ban> = {
  ...{ find: 'reads', hasAny: 'reads', ofInstallations: 'reads', list: 'reads' },
  prune: 'upkeep',
  add: {
    action: 'ban.add',
    object: nameOfBan,
    before: (store, app, vouchingKey, _, now) => store.find(app, vouchingKey, now),
    change: replaced,
  },
  addForSupport: {
    action: 'ban.add',
    object: nameOfBan,
    before: (store, app, vouchingKey, _, now) => store.find(app, vouchingKey, now),
    change: replaced,
  },
  remove: {
    action: 'ban.remove',
    object: nameOfBan,
    before: (store, app, vouchingKey) => store.find(app, vouchingKey, 0),
    change: removed,
  },
  removeForSupport: {
    action: 'ban.remove',
    object: nameOfBan,
    before: (store, app, vouchingKey) => store.find(app, vouchingKey, 0),
    change: removed,
  },
}

const allowEntries: AuditTable<ReturnType<typeof createAllowRepository>> = {
  ...{ list: 'reads', ofAuthor: 'reads', countLetThroughs: 'reads' },
  prune: 'upkeep',
  add: {
    action: 'allow.add',
    object: nameOfAllowed,
    change: ({ gives }, after) => (gives === 'full' ? undefined : { before: gives.before, after }),
  },
  letThrough: {
    action: 'allow.let-through',
    object: nameOfAllowed,
    change: ({ gives }, after) => (typeof gives === 'string' ? undefined : { before: gives.before, after }),
  },
  remove: {
    action: 'allow.remove',
    object: nameOfAllowed,
    change: ({ gives: before }) => before && { before },
  },
}

const knownInstallations: AuditTable<ReturnType<typeof createKnownInstallationRepository>> = {
  ...{ keysNamed: 'reads', keysOfReference: 'reads', known: 'reads', list: 'reads', said: 'reads' },
  ...{ vouchedBy: 'reads', traces: 'reads', refusals: 'reads', buildsTraced: 'reads' },
  // Slice by slice, before the act, whose transaction it would hold open.
  forgetTraces: 'upkeep',
  forget: {
    action: 'installation.forget',
    object: ({ app, key }) => `${app}/${key}`,
    change: ({ gives }, { traces, allowed }) =>
      traces + allowed + gives.installations + gives.samples === 0
        ? undefined
        : { before: { ...gives, traces, allowed } },
  },
}

/** A version of a policy, as the log shows it. */
const versionOf = (policy: Pick<StoredPolicy, 'version' | 'document'> | undefined) =>
  policy && { version: policy.version, document: policy.document }

const policies: AuditTable<ReturnType<typeof createPolicyRepository>, StoredPolicy> = {
  ...{ find: 'reads', list: 'reads', versions: 'reads' },
  add: {
    action: 'policy.put',
    object: itself,
    before: byId,
    change: ({ gives: version, seen }, _, document) => ({
      before: versionOf(seen),
      after: { version, document },
    }),
  },
  rollBack: {
    action: 'policy.rollback',
    object: itself,
    before: byId,
    change: ({ gives, seen }, _, to) =>
      gives && { before: versionOf(seen), after: { ...versionOf(gives), rolled_back_to: to } },
  },
  remove: {
    action: 'policy.remove',
    object: itself,
    before: byId,
    change: ({ gives, seen }) => removed({ gives, seen: versionOf(seen) }),
  },
}

const bootKeys: AuditTable<ReturnType<typeof createBootKeyRepository>, BootKeySet> = {
  ...{ find: 'reads', list: 'reads', all: 'reads', rehearse: 'reads' },
  put: {
    action: 'boot-keys.put',
    object: ({ system }) => system,
    change: ({ gives }, after) => (typeof gives === 'string' ? undefined : { before: gives.before, after }),
  },
  remove: {
    action: 'boot-keys.remove',
    object: itself,
    change: ({ gives: before }) => before && { before },
  },
}

const signingKeys: AuditTable<ReturnType<typeof createSigningKeyRepository>> = {
  list: 'reads',
  // What the schedule does is nobody's act.
  ...{ insert: 'upkeep', retire: 'upkeep' },
  replaceAll: {
    action: 'signing-key.rotate',
    object: ({ kid }) => kid,
    change: ({ gives: withdrawn }, { kid }) =>
      withdrawn === 'exists' ? undefined : { before: { withdrawn }, after: { kid } },
  },
}

const onlyGiven = ({ put, remove, has }: SecretRepository) => ({ put, remove, has })
const isGiven = (store: Pick<SecretRepository, 'has'>, name: string) => store.has(name)

const appSecrets: AuditTable<ReturnType<typeof onlyGiven>, boolean> = {
  has: 'reads',
  put: {
    action: 'secret.put',
    object: itself,
    before: isGiven,
    change: ({ seen: was }) => ({ before: was ? { given: true } : null, after: { given: true } }),
  },
  remove: {
    action: 'secret.remove',
    object: itself,
    before: isGiven,
    change: ({ seen: was }) => (was ? { before: { given: true } } : undefined),
  },
}

/** What every method of the stores that operators administer is to the audit log. */
export const auditTables = {
  ...{ apps, apis, builds, apiKeys, developmentSecrets, bans, allowEntries, policies, bootKeys, signingKeys },
  knownInstallations,
  appSecrets,
}
