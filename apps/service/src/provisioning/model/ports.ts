import type { SdkManifest } from '@assay/measurement'
import type { ProvenanceJwk } from '@assay/protocol'
import type {
  AllowEntry,
  ListedAllowEntry,
  Api,
  ApiKey,
  ApiPatch,
  App,
  AppPatch,
  Ban,
  BootKeySet,
  Build,
  BuildPatch,
  BuildSummary,
  BuildVariant,
  DevelopmentSecret,
  ListedApiKey,
  StoredPolicy,
} from '@assay/protocol/schemas'
import type { VouchingKeyId } from '../../attestation/model/installation.ts'
import type { InstallationBans } from '../../attestation/model/ports.ts'
import type { Page } from '../../system/page.ts'

/** Apps come back with their signers in ascending order. */
export interface AppStore {
  /** `exists`: an app has this id already. `policy_not_found`: it names none. Nothing was changed. */
  insert(app: App): Promise<'ok' | 'exists' | 'policy_not_found'>
  find(id: string): Promise<App | undefined>
  /** In order of id. */
  list(page: Page): Promise<App[]>
  /** The changed app; undefined: no such app. Evidence that was not expected before is expected since `now`. */
  update(id: string, patch: AppPatch, now: number): Promise<App | 'policy_not_found' | undefined>
  /**
   * Removes the app with its builds; APIs and registration keys no longer name it. False: no such app. Blobs of its
   * builds stay until a sweep.
   */
  remove(id: string): Promise<boolean>
}

/** The names of APIs, without their registrations. */
export interface ApiNames {
  readonly audiences: ReadonlySet<string>
  readonly origins: ReadonlySet<string>
}

/** APIs come back with their apps in ascending order; an app that was removed is no longer among them. */
export interface ApiStore {
  /** `exists`: an API has this audience already. `app_not_found`: it names an app that is not registered. */
  insert(api: Api): Promise<'ok' | 'exists' | 'app_not_found' | 'policy_not_found'>
  find(audience: string): Promise<Api | undefined>
  /** The audiences of all APIs, and every web origin that any of them has registered. */
  names(): Promise<ApiNames>
  /** In order of audience. */
  list(page: Page): Promise<Api[]>
  /**
   * The changed API.
   *
   * @param check throws if the changed API is not allowed; then nothing is changed
   */
  update(
    audience: string,
    patch: ApiPatch,
    check: (api: Api) => void,
  ): Promise<Api | 'api_not_found' | 'app_not_found' | 'policy_not_found'>
  /** False: no such API. */
  remove(audience: string): Promise<boolean>
}

/** An API key as stored: its secret only as a digest, and the few characters by which a person recognises it. */
export interface StoredApiKey extends Omit<ListedApiKey, 'refused'> {
  /** SHA-256 of the secret, lower-case hex; for a key for provenance, what `nameOfProvenanceKey` gives. */
  hash: string
}

/** Takes the place of a secret's digest: no secret has this form. @param thumbprint of the JWK */
export function nameOfProvenanceKey(thumbprint: string): string {
  return `provenance:${thumbprint}`
}

/** Development secrets, by the digest of each. */
export interface DevelopmentSecretStore {
  /** `app_not_found`: it names an app that is not registered. */
  insert(secret: DevelopmentSecret, hash: string): Promise<'ok' | 'app_not_found'>
  findByHash(hash: string): Promise<DevelopmentSecret | undefined>
  /** In order of id. */
  list(page: Page): Promise<DevelopmentSecret[]>
  /** The first revocation counts. `undefined`: no such secret. @param now milliseconds since 1970 */
  revoke(id: string, now: number): Promise<DevelopmentSecret | undefined>
  /**
   * Counts a use. False: the secret has been revoked or has expired in the meantime. @param now milliseconds since
   * 1970
   */
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
  /** The key for provenance of this app's builds with this JWK thumbprint, if it is valid at `now`. */
  findProvenanceKey(
    app: string,
    thumbprint: string,
    now: number,
  ): Promise<{ id: string; publicKey: ProvenanceJwk } | undefined>
  /** In order of id. */
  list(page: Page): Promise<ListedApiKey[]>
  /**
   * False: no such key. `last_admin`: without it no admin key is valid at `now`, in milliseconds since 1970; it stays,
   * even if somebody else removes another at the same moment.
   */
  remove(id: string, now: number): Promise<boolean | 'last_admin'>
  /** Notes that the key was used. */
  touch(id: string, now: number): Promise<void>
  countAdmins(): Promise<number>
}

/** The details of a ban. */
export interface BanDetails {
  /** For a ban by name: the API whose tokens have the name. */
  audience: string | null
  note: string | null
  author: string | null
  /** Milliseconds since 1970; null: it never expires. */
  expiresAt: number | null
}

/** Keys that get no more tokens: vouching keys and installation keys. `now` in milliseconds since 1970. */
export interface BanStore {
  /** Bans a key at an app, which must exist. An existing ban gets the new details, and keeps its start. */
  add(app: string, vouchingKey: VouchingKeyId, details: BanDetails, now: number): Promise<Ban>
  /** The same for somebody from support. Undefined: somebody else made the ban, which stays as it is. */
  addForSupport(
    app: string,
    vouchingKey: VouchingKeyId,
    details: BanDetails,
    now: number,
  ): Promise<Ban | undefined>
  /** Undefined: the key is not, or no longer, banned at the app. */
  find(app: string, vouchingKey: VouchingKeyId, now: number): Promise<Ban | undefined>
  /** Whether one of the keys is banned at the app. */
  hasAny(app: string, vouchingKeys: readonly VouchingKeyId[], now: number): Promise<boolean>
  /** The kinds of installation bans that the app has, possibly including some that have ended. */
  ofInstallations(app: string): Promise<InstallationBans>
  /** In order of kind and id. The cursor is that of {@link banCursor}. */
  list(app: string, page: Page, now: number): Promise<Ban[]>
  /** False: it was not banned. */
  remove(app: string, vouchingKey: VouchingKeyId): Promise<boolean>
  /** The same for somebody from support; false also for a ban that somebody else made. */
  removeForSupport(app: string, vouchingKey: VouchingKeyId): Promise<boolean>
  /** Removes those that have ended. */
  prune(now: number): Promise<void>
}

export interface LetThroughCounts {
  all: number
  most: number
}

/** Test devices that get tokens although the policy refuses them. `now` in milliseconds since 1970. */
export interface AllowStore {
  /** The entry that it replaces; `full`: the app has `most` others; nothing was changed. */
  add(entry: AllowEntry, now: number, most: number): Promise<{ before: AllowEntry | undefined } | 'full'>
  /**
   * The same for somebody from support, who may do so `perDay` times a day. `exists`: an operator has made an entry, which
   * stays; `spent`: the author has let that many through on the day of `now`; `author_gone`: the author's key was removed meanwhile.
   * Nothing was changed then.
   */
  letThrough(
    entry: AllowEntry,
    now: number,
    most: { listed: number; perDay: number },
  ): Promise<{ before: AllowEntry | undefined } | 'full' | 'exists' | 'spent' | 'author_gone'>
  /** How many support has let through on the day of `now`: all keys together, and the key that did so most. */
  countLetThroughs(now: number): Promise<LetThroughCounts>
  /** Those that have not ended, in order of audience and installation. */
  list(app: string, now: number): Promise<ListedAllowEntry[]>
  /** Those of one author that have not ended, at all apps. */
  ofAuthor(author: string, now: number): Promise<AllowEntry[]>
  /** The removed entry; undefined: there is none. */
  remove(entry: Pick<AllowEntry, 'app' | 'audience' | 'installation'>): Promise<AllowEntry | undefined>
  /** Removes those that have ended. */
  prune(now: number): Promise<void>
}

export const banCursor = ({ kind, vouching_key: id }: Ban): string => `${kind}:${id}`

export interface VouchedInstallation {
  thumbprint: string
  vouchingKey: VouchingKeyId
}

/** Installations that have a vouching key. */
export interface VouchingKeyStore {
  /** Installations for which some token has a pseudonym with the index `name`. There are few, usually one. */
  named(app: string, name: number): Promise<VouchedInstallation[]>
}

/** The operator's own policies. Every version is kept: a result names the version that it rests on. */
export interface PolicyStore {
  /** Saves a document as the next version of its policy, and returns that. */
  add(id: string, document: unknown, now: number): Promise<number>
  /** The newest version of each, in order of id. */
  list(page: Page): Promise<StoredPolicy[]>
  /** The newest version, or the one with a number. */
  find(id: string, version?: number): Promise<StoredPolicy | undefined>
  /** All versions of a policy, in their order. The cursor is the number of the version. */
  versions(id: string, page: Page): Promise<StoredPolicy[]>
  /**
   * Saves an earlier version as the next one, and returns that.
   *
   * @param check throws if the earlier document is not allowed; then nothing is changed
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

/** Conditions under which a set of boot keys may take its place. */
export interface BootKeyOrder {
  /** Whether it may have been published before the one that it replaces. */
  readonly mayBeOlder: boolean
  /** Systems. Of two that are added in the same moment, both may be: one more than these. */
  readonly most: number
}

/** `older`, `full`: the order does not allow it; nothing was changed. */
export type BootKeysPut = { before: BootKeySet | undefined } | 'older' | 'full'

/** Boot keys by the name of their system: a set is replaced as a whole. */
export interface BootKeyStore {
  put(set: BootKeySet, order: BootKeyOrder): Promise<BootKeysPut>
  /** What `put` would answer. */
  rehearse(set: BootKeySet, order: BootKeyOrder): Promise<BootKeysPut>
  find(system: string): Promise<BootKeySet | undefined>
  /** In order of system. */
  list(page: Page): Promise<BootKeySet[]>
  /** Every key of all sets, and when the newest list was published that names it, in Unix seconds. */
  all(): Promise<Map<string, bigint>>
  /** The removed set; undefined: there is none. */
  remove(system: string): Promise<BootKeySet | undefined>
}

/** Who vouches for a build that is registered. The transaction that registers it checks this again. */
export interface BuildAuthority {
  /**
   * Ids of the keys, valid when the build was created: that of the request, which registers the build, and that which
   * signed the provenance.
   */
  keys: readonly string[]
  /** The app as it was when the file came. */
  app: App
  /** Signers of the build that must be registered for the app. */
  signers: readonly string[]
  /** For an IPA: the team that signed it, which the app's list or its evidence settings must name. */
  team?: string | undefined
  /** For an update over the air: the build whose scripts it replaces, which must be active. */
  base: string | null
}

export interface BuildInsertOptions {
  /** Absent only if nothing is inserted. */
  authority?: BuildAuthority
  /** Signers (SHA-256, hex) to add to the app in the same transaction. */
  addSigners?: readonly string[]
  /** Whether the app must then know no signers but these. */
  areFirst?: boolean
  /** Team to add to the app in the same transaction. */
  addTeam?: string | undefined
  /** Whether the app must then know no team but this. */
  isFirstTeam?: boolean
  /** SHA-256 (hex) of the certificate that signed an IPA. */
  uploadSigner?: string | undefined
  /** The manifest of the SDK in the build; none by default. */
  manifest?: SdkManifest | null
  /** How many pending builds the key of the request may have registered. Default: any number. */
  mostPending?: number
  /** Whether it takes the place of a pending build of its id, whatever that contains. */
  replacesPending?: boolean
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
  | 'builds_pending_full'
  | { exists: Build }

/** A variant that is registered. */
export interface VariantInsertOptions {
  name: string
  state: BuildVariant['state']
  shapes: Readonly<Record<string, string>>
  authority: BuildAuthority
  manifest: SdkManifest | null
  /** The image that ends in its favour, in the same transaction. */
  replace: string | undefined
  /** Whether it takes the place of a pending variant of its name. */
  replacesPending: boolean
  /** Milliseconds since 1970. */
  now: number
}

/**
 * `exists`: another variant has the name. `nothing_to_replace`: there is no image of that name. `too_many`: no number is
 * free. `builds_pending_full`: too many variants of the build are pending. Nothing was changed.
 */
export type VariantInserted =
  Exclude<BuildInserted, object> | 'build_not_found' | 'exists' | 'nothing_to_replace' | 'too_many'
export type VariantActivated = 'ok' | 'build_not_found' | 'too_many'
/** `last`: the build would have no image left; nothing was changed. */
export type ImageEnded = 'ok' | 'build_not_found' | 'last'

/** Where a build has code. */
export interface CodePlace {
  format: Build['format']
  /** Name of the segment. */
  name: string
}

export interface BuildStore {
  /**
   * Writes build, segments and the app's new signers in one transaction: all or nothing. The blobs of the segments
   * must have been committed before.
   *
   * `builds_pending_full`: the build would be pending, and the key has registered `mostPending` others that still are.
   *
   * `{ exists }` is the build that holds this id already; nothing was changed. `app_not_found`: the app is not, or
   * no longer, registered, or another one of this id is. `key_revoked`, `signer_not_registered`, `team_not_registered`,
   * `base_not_active`: the authority is no longer valid. `signer_new`, `team_new`: signers or team were to be the
   * first, but the app knows another by now.
   */
  insert(build: Build, options?: BuildInsertOptions): Promise<BuildInserted>
  /** Activates a pending build; others stay as they are. Returns the build; undefined: no such build. */
  activate(app: string, id: string): Promise<BuildSummary | undefined>
  /** Writes a variant with its segments; the same holds for their blobs. @param image the build as the variant is */
  insertVariant(image: Build, options: VariantInsertOptions): Promise<VariantInserted>
  /** Lets a pending variant attest; an active one stays active. */
  activateVariant(app: string, id: string, name: string): Promise<VariantActivated>
  /** Ends a variant, or under the name `first` the image that was registered first. */
  endImage(app: string, id: string, name: string, now: Date): Promise<ImageEnded>
  /** The manifest of the image's SDK. Undefined: none is kept for it, or there is no such image. */
  findManifest(app: string, id: string, variant?: string): Promise<SdkManifest | undefined>
  /**
   * With its segments, in order of name (by code point): those that were registered first, or those of a variant, and
   * then what else the variant has in the place of the build's.
   */
  find(app: string, id: string, variant?: string): Promise<Build | undefined>
  /** Without its segments. */
  findSummary(app: string, id: string): Promise<BuildSummary | undefined>
  /** In order of id, without segments. */
  list(app: string, page: Page): Promise<BuildSummary[]>
  /** Returns the retired build; retiring twice is not a fault. Undefined: no such build. */
  retire(app: string, id: string, now: Date): Promise<BuildSummary | undefined>
  /**
   * Makes a build active again that was retired after `since`; others stay as they are. Returns the build; undefined:
   * no such build.
   */
  restore(app: string, id: string, since: Date): Promise<BuildSummary | undefined>
  /**
   * Each place once, in builds of the app with this version code for which somebody vouched, retired ones too; without
   * updates over the air.
   */
  listCode(app: string, versionCode: number): Promise<CodePlace[]>
  /** Whether such a build of the app, of any version code, has an SDK. */
  hasSdk(app: string): Promise<boolean>
  /** What the patch does not state stays. Returns the build; undefined: no such build. */
  update(app: string, id: string, patch: BuildPatch): Promise<BuildSummary | undefined>
  /**
   * Removes a build with which nobody has attested; blobs stay until a sweep. False: no such build. `in_use`: somebody
   * has attested with it, or it is the base of an update; it stays.
   */
  remove(app: string, id: string): Promise<boolean | 'in_use'>
  /** Whether an image of a retired build of the app has this digest, or the first image of a build, which has ended. */
  hasRetired(app: string, imageDigest: string): Promise<boolean>
  /** Notes that an attestation named the build; writes at most once an hour. */
  touch(app: string, id: string, now: Date): Promise<void>
  /** SHA-256 (hex) of the certificates that have signed IPAs of the app so far. */
  uploadSigners(app: string): Promise<string[]>
  /** SHA-256 (hex) of every blob that some build names: what a sweep must keep. */
  listBlobs(): Promise<Set<string>>
}

/** Named secrets, sealed at rest. */
export interface SecretStore {
  /** Replaces the value with this name. */
  put(name: string, value: Uint8Array): Promise<void>
  remove(name: string): Promise<void>
}
