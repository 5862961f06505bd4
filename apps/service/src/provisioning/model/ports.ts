import type { SdkManifest } from '@assay/measurement'
import type {
  AllowEntry,
  Ban,
  Api,
  ApiInput,
  ApiKey,
  App,
  AppEvidence,
  Build,
  DevelopmentSecret,
  ProvenanceJwk,
  StoredPolicy,
} from '@assay/protocol'
import type { VouchingKey } from '../../attestation/model/installation.ts'
import type { BuildSummary, InstallationBans } from '../../attestation/model/ports.ts'
import type { Page } from '../../system/page.ts'

/** What may be changed of an app; what is undefined stays. `signers` replaces the whole set. */
export interface AppPatch {
  name?: string | undefined
  signers?: readonly string[] | undefined
  /** Replaces the whole list, and confirms it. */
  store_signers?: readonly string[] | undefined
  upload_signers?: readonly string[] | undefined
  /** Replaces the whole list. */
  teams?: readonly string[] | undefined
  min_version_code?: number | undefined
  probes?: readonly string[] | undefined
  evidence?: AppEvidence | undefined
  optional_evidence?: readonly string[] | undefined
  /** null: the default. */
  unvouched_per_day?: number | null | undefined
  /** null: the default one. */
  policy?: string | null | undefined
  /** null: none. */
  shadow_policy?: string | null | undefined
}

/** Apps come back with their signers in ascending order. */
export interface AppStore {
  /** `exists`: an app has this id already, and nothing was changed. */
  insert(app: App): Promise<'ok' | 'exists'>
  find(id: string): Promise<App | undefined>
  /** In order of id. */
  list(page: Page): Promise<App[]>
  /** The app as it is then; undefined: no such app. Evidence that was not expected before is expected since `now`. */
  update(id: string, patch: AppPatch, now: number): Promise<App | undefined>
  /**
   * Removes the app with its builds; APIs and registration keys that name it lose it. False: no such app. Blobs of its
   * builds stay until a sweep.
   */
  remove(id: string): Promise<boolean>
}

/** What may be changed of an API; what is undefined stays. Lists replace the whole of what was there. */
export type ApiPatch = {
  readonly [Name in Exclude<keyof ApiInput, 'audience' | 'policy'>]?: ApiInput[Name] | undefined
} & {
  /** null: the app's. */
  readonly policy?: string | null | undefined
}

/** What APIs go by, without what they are registered for. */
export interface ApiNames {
  readonly audiences: ReadonlySet<string>
  readonly origins: ReadonlySet<string>
}

/** APIs come back with their apps in ascending order; an app that was removed is no longer among them. */
export interface ApiStore {
  /** `exists`: an API has this audience already. `app_not_found`: it names an app that is not registered. */
  insert(api: Api): Promise<'ok' | 'exists' | 'app_not_found'>
  find(audience: string): Promise<Api | undefined>
  /** The audiences of all, and the web origins that some of them has registered. */
  names(): Promise<ApiNames>
  /** In order of audience. */
  list(page: Page): Promise<Api[]>
  /**
   * The API as it is then.
   *
   * @param check throws where the changed API is not one that may be; nothing is changed then
   */
  update(
    audience: string,
    patch: ApiPatch,
    check: (api: Api) => void,
  ): Promise<Api | 'api_not_found' | 'app_not_found'>
  /** False: no such API. */
  remove(audience: string): Promise<boolean>
}

/** An API key as it is written: its secret only as a digest and the few characters by which a person knows it. */
export interface StoredApiKey extends ApiKey {
  /** SHA-256 of the secret, lower-case hex; of a key for provenance as `nameOfProvenanceKey` gives it. */
  hash: string
  /** The first characters of the secret; too few to help anyone guess the rest. */
  prefix: string
}

/** Stands in the place of a secret's digest: no secret has it. @param thumbprint of the JWK */
export function nameOfProvenanceKey(thumbprint: string): string {
  return `provenance:${thumbprint}`
}

/** What listing shows: the key and its prefix. */
export type ListedApiKey = Omit<StoredApiKey, 'hash'>

/** Development secrets, by the digest of each. */
export interface DevelopmentSecretStore {
  /** `app_not_found`: it names an app that is not registered. */
  insert(secret: DevelopmentSecret, hash: string): Promise<'ok' | 'app_not_found'>
  findByHash(hash: string): Promise<DevelopmentSecret | undefined>
  /** In order of id. */
  list(page: Page): Promise<DevelopmentSecret[]>
  /** The first time counts. `undefined`: no such secret. @param now milliseconds since 1970 */
  revoke(id: string, now: number): Promise<DevelopmentSecret | undefined>
  /** Counts a use. False: it was revoked or has expired meanwhile. @param now milliseconds since 1970 */
  use(id: string, now: number): Promise<boolean>
}

/**
 * Keys come back with their apps in ascending order; an app that was removed is no longer among them. A registration
 * key without apps may do nothing.
 */
export interface ApiKeyStore {
  /** `exists`: the id or the hash is taken. `app_not_found`: it names an app that is not registered. */
  insert(key: StoredApiKey): Promise<'ok' | 'exists' | 'app_not_found'>
  findByHash(hash: string): Promise<ApiKey | undefined>
  find(id: string): Promise<ApiKey | undefined>
  /** The key for provenance of this app's builds that has this JWK thumbprint. */
  findProvenanceKey(
    app: string,
    thumbprint: string,
  ): Promise<{ id: string; publicKey: ProvenanceJwk } | undefined>
  /** In order of id. */
  list(page: Page): Promise<ListedApiKey[]>
  /**
   * False: no such key. `last_admin`: without it there is no admin key that is valid at `now`, in milliseconds since 1970;
   * it stays, whoever else removes one at the same moment.
   */
  remove(id: string, now: number): Promise<boolean | 'last_admin'>
  /** Notes that the key was used. */
  touch(id: string, now: number): Promise<void>
  countAdmins(): Promise<number>
}

/** What is said of a ban. */
export interface BanDetails {
  /** Of a ban by a name: the API whose tokens have it. */
  audience: string | null
  note: string | null
  author: string | null
  /** Milliseconds since 1970; null: it does not end by itself. */
  expiresAt: number | null
}

/** Keys that get no more tokens: of hardware that vouches, and of installations. `now` in milliseconds since 1970. */
export interface BanStore {
  /** Bans a key at an app, which must exist. A ban that is there gets the new details, and goes on since it began. */
  add(app: string, key: VouchingKey, details: BanDetails, now: number): Promise<Ban>
  /** Undefined: the key is not banned at the app, or no longer. */
  find(app: string, key: VouchingKey, now: number): Promise<Ban | undefined>
  /** Whether one of the keys is banned at the app. */
  hasAny(app: string, keys: readonly VouchingKey[], now: number): Promise<boolean>
  /** Which kinds of bans of installations the app has; perhaps some that have ended. */
  ofInstallations(app: string): Promise<InstallationBans>
  /** In order of kind and id. The cursor is that of {@link banCursor}. */
  list(app: string, page: Page, now: number): Promise<Ban[]>
  /** False: it was not banned. */
  remove(app: string, key: VouchingKey): Promise<boolean>
  /** Removes those that have ended. */
  prune(now: number): Promise<void>
}

/** Test devices that get tokens though the policy refuses them. `now` in milliseconds since 1970. */
export interface AllowStore {
  /** The entry that it takes the place of; `full`: the app has `most` others, and nothing was changed. */
  add(entry: AllowEntry, now: number, most: number): Promise<{ before: AllowEntry | undefined } | 'full'>
  /** Those that have not ended, in order of audience and installation. */
  list(app: string, now: number): Promise<AllowEntry[]>
  /** What was removed; undefined: there is no such entry. */
  remove(entry: Pick<AllowEntry, 'app' | 'audience' | 'installation'>): Promise<AllowEntry | undefined>
  /** Removes those that have ended. */
  prune(now: number): Promise<void>
}

export const banCursor = ({ kind, vouching_key: id }: Ban): string => `${kind}:${id}`

export interface VouchedInstallation {
  thumbprint: string
  vouchingKey: VouchingKey
}

/** Installations that have a vouching key. */
export interface VouchingKeyStore {
  /** Those that some token calls by a pseudonym whose index is `name`. Few, and mostly one. */
  named(app: string, name: number): Promise<VouchedInstallation[]>
}

/** Policies of the operator's own. Every version is kept: a result names the one that it rests on. */
export interface PolicyStore {
  /** Saves a document as the next version of its policy, which it gives. */
  add(id: string, document: unknown, now: number): Promise<number>
  /** The newest version of each, in order of id. */
  list(page: Page): Promise<StoredPolicy[]>
  /** The newest version, or one of a number. */
  find(id: string, version?: number): Promise<StoredPolicy | undefined>
  /** All versions of a policy, in their order. The cursor is the number of the version. */
  versions(id: string, page: Page): Promise<StoredPolicy[]>
  /**
   * Saves an earlier version as the next one, which it gives.
   *
   * @param check throws where the earlier document is not one that may be; nothing is changed then
   */
  rollBack(
    id: string,
    to: number,
    now: number,
    check: (document: unknown) => void,
  ): Promise<StoredPolicy | undefined>
  /** False: there is no such policy. `in_use`: an app or API names it; nothing was changed. */
  remove(id: string): Promise<boolean | 'in_use'>
}

/** On whose word a build is registered. It is looked at again in the transaction that registers it. */
export interface BuildAuthority {
  /** Ids of the keys: that of the request, and the one that signed the provenance. */
  keys: readonly string[]
  /** As it was when the file came. */
  app: App
  /** Signers of the build that must be registered for the app. */
  signers: readonly string[]
  /** Of an IPA: the team that signed it, which must be known, by the app's list or by the settings of its evidence. */
  team?: string | undefined
  /** Of an update over the air: the build whose scripts it replaces must be active. */
  base: string | null
}

export interface BuildInsertOptions {
  /** Absent only where nothing is inserted. */
  authority?: BuildAuthority
  /** Signers (SHA-256, hex) to add to the app in the same transaction. */
  addSigners?: readonly string[]
  /** Whether the app must know no signer but these by then. */
  areFirst?: boolean
  /** Team to add to the app in the same transaction. */
  addTeam?: string | undefined
  /** Whether the app must know no team but this by then. */
  isFirstTeam?: boolean
  /** SHA-256 (hex) of the certificate that an IPA was signed with. */
  uploadSigner?: string | undefined
  /** Of the SDK in the build; none by default. */
  manifest?: SdkManifest | null
}

export type BuildInserted =
  | 'ok'
  | 'app_not_found'
  | 'key_revoked'
  | 'signer_not_registered'
  | 'signer_new'
  | 'team_not_registered'
  | 'team_new'
  | 'base_not_active'
  | { exists: Build }

export interface BuildStore {
  /**
   * Writes build, segments and the app's new signers in one transaction: all or nothing. The blobs of the segments
   * must have been committed before.
   *
   * `{ exists }` is the build that holds this id already; nothing was changed. `app_not_found`: the app is not, or
   * no longer, registered, or another one of this id is. `key_revoked`, `signer_not_registered`, `team_not_registered`,
   * `base_not_active`: the authority holds no longer. `signer_new`, `team_new`: signers or team were to be the first, and the
   * app knows another by now.
   */
  insert(build: Build, options?: BuildInsertOptions): Promise<BuildInserted>
  /** A pending build becomes active; others stay as they are. The build as it is then; undefined: no such build. */
  activate(app: string, id: string): Promise<BuildSummary | undefined>
  /** Of the build's SDK. Undefined: it has none that is kept, or there is no such build. */
  findManifest(app: string, id: string): Promise<SdkManifest | undefined>
  /** With its segments, in order of name (by code point). */
  find(app: string, id: string): Promise<Build | undefined>
  /** Without its segments. */
  findSummary(app: string, id: string): Promise<BuildSummary | undefined>
  /** In order of id, without segments. */
  list(app: string, page: Page): Promise<BuildSummary[]>
  /** The build as it is then; retiring twice is not a fault. Undefined: no such build. */
  retire(app: string, id: string, now: Date): Promise<BuildSummary | undefined>
  /** Notes that an attestation named the build; writes at most once an hour. */
  touch(app: string, id: string, now: Date): Promise<void>
  /** SHA-256 (hex) of the certificates that IPAs of the app were signed with so far. */
  uploadSigners(app: string): Promise<string[]>
  /** SHA-256 (hex) of every blob that some build names: what a sweep must keep. */
  listBlobs(): Promise<Set<string>>
}

/** Named secrets, sealed at rest. */
export interface SecretStore {
  /** Replaces what is kept under this name. */
  put(name: string, value: Uint8Array): Promise<void>
  remove(name: string): Promise<void>
}
