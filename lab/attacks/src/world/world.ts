import type { EvidenceSource, MemorySegment } from '@assay/client'
import type { AdmissibleTier, AttestationRequest } from '@assay/protocol'
import type { ApiInput } from '@assay/protocol/schemas'
import type {
  DeliveredApp,
  Abi,
  AndroidPhone,
  ApkSigner,
  Device,
  DeviceOptions,
  InstalledApp,
  Keystore,
  NativeDeviceOptions,
  Phones,
} from '@assay/testkit'
import type { Outcome } from './outcome.ts'
import type { Pipeline } from './pipeline.ts'

/** An API to attack, and its operator's log. */
export interface Target {
  readonly url: string
  /** The guard's code for the request with this `X-Request-Id`; `undefined` if no guard saw it. */
  codeOf(requestId: string): string | undefined
}

/** A build that is registered, as its installed reader shows it. */
export interface InstalledBuild {
  readonly id: string
  readonly versionCode: number
  readonly segments: readonly MemorySegment[]
}

export interface RegisterOptions {
  id?: string
  key?: string
  /** Says that the build may be signed with a debug key. */
  allowDebugSigner?: boolean
  /** Seconds for which devices whose code differs get `warning`, if hardware vouches for the app. */
  firstDays?: number
}

/** The service's operator. */
export interface Operator {
  /** The real code of the denial behind a trace id. */
  codeOf(trace: string): Promise<string | undefined>
  retire(build: string): Promise<void>
  /** Bans the hardware key behind the installation that a token for this audience names. */
  ban(audience: string, installation: string): Promise<void>
  /** A secret that gives tokens for {@link developmentApp} at the API of this audience, without appraisal. */
  developmentSecret(audience: string): Promise<string>
  /** Lets an installation, by its key's thumbprint, get tokens for this audience although the policy refuses it. */
  allow(audience: string, key: string): Promise<Outcome>
  /** Bans the installation with this key, where no hardware vouches for it. */
  banKey(key: string): Promise<void>
  /** Forgets an installation of the Android app, as its user has requested. */
  forget(key: string): Promise<void>
  /** Tiers of the Android app that somebody from support may let through. */
  admitForSupport(tiers: readonly AdmissibleTier[]): Promise<void>
  /** Somebody from support of an app, by default the Android app, who does what a caller asks for, as far as their key allows it. */
  support(app?: string): Promise<Support>
  /** Registers one more API. */
  registerApi(api: ApiInput): Promise<Outcome>
  /** A key of this scope, as an operator gives it to somebody. */
  key(scope: 'read' | 'policy'): Promise<string>
  /** Gives boot keys of a system of somebody's own, as a list that was published now. @param key default: an admin's */
  giveBootKeys(key?: string): Promise<Outcome>
  /** A key that may register builds of these apps, as a release pipeline holds it. */
  registrationKey(...apps: readonly string[]): Promise<string>
  /** A release pipeline of these apps. */
  pipeline(...apps: readonly string[]): Promise<Pipeline>
  /** Registers an APK of the app with `key` in place of the operator's own. */
  register(apk: Buffer, options?: RegisterOptions): Promise<Outcome>
  /** Registers a ZIP of a build of the web app, for the coverage `entry`, with `key`. */
  registerEntry(zip: Buffer, options: { id: string; key: string }): Promise<Outcome>
}

/** Somebody from support. */
export interface Support {
  /** Bans the installation that tokens for an audience name, at the app of the key or at another one. */
  ban(order: { audience: string; installation: string; app?: string }): Promise<Outcome>
  /** Lets the installation with this key through at an API, where it was refused under this trace. */
  letThrough(order: { key: string; audience: string; trace: string }): Promise<Outcome>
}

/** The stage of the attacks: one service, one app with its builds, and the APIs that it may call. */
export interface World {
  /** Base URL of the attestation service. */
  readonly service: string
  readonly operator: Operator
  /** The Android app, and a web app of the same owner. */
  readonly apps: { readonly android: string; readonly web: string }
  readonly apks: {
    /** As published: a debug build. */
    readonly published: Buffer
    /** The registered release build, with the SDK and a secret in it. */
    readonly release: Buffer
  }
  readonly builds: {
    /** The build of the Android app. */
    readonly release: InstalledBuild
    /** The Android app, with the same code under another id: `retired` in the course of an attack. */
    readonly successor: InstalledBuild
    /** The same, under one more id. */
    readonly update: InstalledBuild
    /** The build of the web app. */
    readonly web: InstalledBuild
    /** A build of the web app below its minimum version. */
    readonly webOutdated: InstalledBuild
  }
  readonly signer: ApkSigner
  readonly apis: Apis
  /** HAProxy and nginx in front of the service, as `deploy/` configures them. */
  startProxies(): Promise<Proxies>
  /**
   * nginx, Caddy and HAProxy, as `deploy/gateways` configures them, before an API that learns from their fields which app
   * calls. Proofs are for the URL of `apis.orders`.
   */
  startGateways(): Promise<Gateways>
  /**
   * A paid API behind proxies that hold its secret: one, or several that share Valkey, each under a base URL of its own or
   * all under that of the first. Tokens for `apis.orders` are good there.
   */
  startProxied(route: ProxiedRoute, nodes?: number, urls?: 'own' | 'shared'): Promise<ProxiedApis>
  /** APIs behind stock resource servers, which verify tokens in `Authorization` and know nothing of Assay. */
  startStock(): Promise<Stock>
  /** One more service, whose database somebody writes to who does not have its sealing key. */
  startWritten(): Promise<WrittenService>
  /** Apps of the same owner whose SDK is compiled. */
  readonly native: NativeApps
  /** A device with the genuine app, unless `options` say otherwise. */
  device(options?: Partial<DeviceOptions>): Promise<Device>
  /** The same for the web app. */
  webDevice(options?: Partial<DeviceOptions>): Promise<Device>
  /** The evidence of a phone with the genuine app; nothing if no phone vouches for the app. */
  evidence(): readonly EvidenceSource[]
  /** The answer with evidence of such a phone for its own client data; unchanged if no phone vouches for the app. */
  vouch(answer: AttestationRequest): AttestationRequest
}

export interface Stock {
  /** It takes access tokens of the service, which are for its URL. */
  readonly orders: Target
  /** Audience of attestation tokens that any device gets, whatever its tier. */
  readonly observing: string
  /** Audience of attestation tokens for devices that the policy accepts, or the operator's list. */
  readonly tolerant: string
  /** It takes tokens of its users' own issuer. */
  readonly accounts: Target
  userToken(): Promise<string>
  stop(): Promise<void>
}

export interface Gateways {
  /** The API behind each. */
  readonly targets: readonly Target[]
  /** From now on their guards let everybody through, as at the start of a rollout. */
  rollOut(): void
  stop(): Promise<void>
}

/** Members of the route in the configuration of `assay guard proxy`. */
export interface ProxiedRoute {
  readonly meter?: MeterForm
  readonly tiers?: AdmissibleTier[]
  readonly json?: {
    demand?: Record<string, { one_of: string[] } | { at_most: number } | { absent: true }>
    only?: string[]
  }
  readonly answers?: { strip: true }
  /** Accounts of each kind that the meter keeps. Default: its own. */
  readonly capacity?: number
  /** The meter in memory keeps a journal. */
  readonly journal?: true
}

/** As in the configuration. */
export interface MeterForm {
  readonly installation?: { requests?: string[]; cost?: string[]; streams?: number }
  readonly network?: { requests?: string[]; cost?: string[] }
  readonly all?: { requests?: string[]; cost?: string[] }
  readonly cost?: {
    member: string
    reserve: { member?: string; otherwise?: number; per_byte?: number; members?: string[] }
  }
}

/** A proxied API, and what it costs its owner. */
export interface ProxiedApis {
  /** One for each node. */
  readonly targets: readonly Target[]
  /** Requests that the API behind it has carried out. */
  billed(): number
  /** The first proxy is killed, and starts again. @returns it */
  crash(): Promise<Target>
  /** Whether the owner's secret is in a text. */
  holdsSecret(text: string): boolean
  stop(): Promise<void>
}

/** A further service, its operator, and the writer of its database. */
export interface WrittenService {
  /** Through: `assay audit verify` finds the log whole. */
  verify(): Promise<Outcome>
  /** The operator carries out an act. */
  act(): Promise<void>
  readonly writer: DatabaseWriter
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Somebody who writes to the database of a service, while it serves from it, without its sealing key. */
export interface DatabaseWriter {
  /** Every entry of the audit log gets another actor; all hashes fit. */
  rewriteAudit(): void
  /** Removes every entry, the head of the log, and its sealed key. */
  eraseAudit(): void
  /** The stored copy of Google's status list. */
  readList(): StoredList
  putList(list: StoredList): void
}

/** A row of the table of vendors' lists. */
export interface StoredList {
  url: string
  etag: string | null
  read_at: number
  sha256: string
  body: Uint8Array
  mac: string
}

/** Which network a request comes from: that of the operators, or any other. */
export type Side = 'outside' | 'inside'

export interface Proxies {
  /** The outcome at each proxy of a GET with an API key; through: the service has answered, whatever it said. */
  ask(side: Side, target: string, key: string): Promise<Outcome[]>
  stop(): Promise<void>
}

/** A native app for each kind of phone: the one in splits, whose key is in the Keystore, the other an IPA. */
export interface NativeApps {
  /** The guarded API of both. */
  readonly orders: Target
  /** The Android app. */
  readonly app: string
  /** What the store delivers of it: all split APKs, in one file. */
  readonly apks: Buffer
  /** What Google Play delivers of it with automatic protection. */
  readonly play: DeliveredApp
  /** The operator registers the bundle under an id of its own, and as its variant what Play delivers, if it is given. */
  register(build: string, variant?: { name: string; replace?: 'first' }): Promise<void>
  /** The splits of the Android app for a phone of this ABI. */
  installed(abi: Abi): Promise<readonly MemorySegment[]>
  /** Sections of the iOS app's executable, as they are in memory. */
  readonly iosText: readonly MemorySegment[]
  /** The Keystore of a phone. */
  keystore(phone: AndroidPhone): Keystore
  /** A genuine phone with the genuine app, for arm64-v8a, unless `options` say otherwise. */
  android(options?: Partial<NativeDeviceOptions>): Promise<InstalledApp>
  /** The same for the iOS app. */
  ios(options?: Partial<NativeDeviceOptions>): Promise<InstalledApp>
}

/** The same where phones vouch for the app: `device` is one with evidence of its own. */
export interface HardwareWorld extends World {
  readonly phones: Phones
  /** Phones with the native apps. */
  readonly nativePhones: Phones
  /** New installation keys that an attestation key may vouch for within a day, few enough for attacks to reach it. */
  readonly enrolmentsPerDay: { readonly device: number; readonly batch: number }
  /** The iOS app of the same owner. Its second build is newer. */
  readonly ios: { readonly app: string; readonly builds: readonly [InstalledBuild, InstalledBuild] }
  /** The guarded API, for the iOS app. */
  readonly iosOrders: Target
  /** An API for the Android app that takes evidence of the last few seconds only. */
  readonly hasty: Target
  /** An API for the Android app that accepts `affirming` only. */
  readonly exacting: Target
  /** Registers one more app whose Play tokens Google decodes, and an API for it that accepts `affirming` only. */
  ration(whenSpent: 'refuse' | 'warn'): Promise<Ration>
  /** An API for the iOS app that accepts iPhones only once Apple has counted their keys, and not too many. */
  readonly assessed: Target
  /** The operator has banned as many installations of a farm, which the tokens for this audience name. */
  banFarm(audience: string, installations: number): void
  /** A genuine iPhone with the newer build of the iOS app, unless `options` say otherwise. */
  iosDevice(options?: Partial<DeviceOptions>): Promise<Device>
  /** The operator starts a service that accepts the test vendors, with these arguments. */
  startWithTestVendors(...args: readonly string[]): Promise<Outcome>
  /** Starts one more service: as in production, without test vendors, or with them. */
  startOther(vendors: 'production' | 'test'): Promise<OtherService>
}

/** An app with a few calls to Google a day, half of them for devices whose key hardware vouches for. */
export interface Ration {
  readonly target: Target
  readonly calls: number
  /** A device with the app. */
  device(evidence: readonly EvidenceSource[]): Promise<Device>
}

export type PhonePlatform = 'android' | 'ios'

/** A further service, which knows the same apps and builds. */
export interface OtherService {
  /** Whether a device gets a token. */
  attest(platform: PhonePlatform, options: Pick<DeviceOptions, 'evidence' | 'key'>): Promise<Outcome>
  /** Stops it and starts it again: it reads Google's status list again. @param list where it gets it; default: as before */
  restart(list?: 'another-url'): Promise<void>
  readonly writer: DatabaseWriter
  readonly url: string
  /** Body of a request for a challenge for this build of the Android app. */
  challengeBody(build: string): string
  /** An answer of the Android app without evidence, signed, which was not sent. */
  unsent(): Promise<string>
  /**
   * Alerts that page, as deployed, if what happens meanwhile happens within five minutes, and as many `times` as often.
   *
   * @param meanwhile returns what a guard refused
   */
  pages(meanwhile: () => Promise<Readonly<Record<string, number>>>, times: number): Promise<string[]>
  stop(): Promise<void>
}

export interface Apis {
  readonly unprotected: Target
  readonly embeddedSecret: Target
  /** The guarded API, for the Android app only. */
  readonly orders: Target
  /** The same API as nodes under other frameworks, each with a base URL of its own. */
  readonly nodes: {
    readonly express: Target
    readonly fastify: Target
    readonly hono: Target
    readonly node: Target
  }
  /** A second node of `orders`, under the same base URL. */
  readonly ordersSecondNode: Target
  /** Two nodes under one base URL that share a store of proofs, where Valkey is installed. */
  readonly sharingNodes: readonly [Target, Target] | undefined
  /** Two nodes under one base URL that ask for nonces of their own. */
  readonly nonceNodes: readonly [Target, Target]
  /** The same API for the web app only. */
  readonly webOrders: Target
  /** Another API of the same owner: another token audience. */
  readonly payments: Target
  /** Another API of the same owner, whose tokens are access tokens. */
  readonly access: Target
  /** The same API at a time when present tokens have expired. */
  readonly later: Target
  /** The same API with a forgotten route that has no guard. */
  readonly legacy: Target
  /** The same API, counting how often it asks the service for keys. */
  readonly counting: Target & { keyFetches(): number }
  /** The same API, whose keys are valid for half a minute. */
  readonly renewing: Target & KeyRenewal
  /** Another API, on a developer's machine: its guard takes tokens for development, and no others. */
  readonly developing: Target
  /** The same API with a small replay store. */
  readonly cramped: Target
}

/** Control over the fetching of keys. */
export interface KeyRenewal {
  /**
   * From now on the service's JWKS endpoint hangs. `gaveUp` resolves when the guard gives up on it for the first
   * time.
   */
  hang(): { readonly gaveUp: Promise<void> }
  /** Lets the cached keys expire. */
  age(): void
}

/** Facts that anyone knows who has watched the app's own traffic. */
export const shop = {
  orders: '/v1/orders',
  legacyOrders: '/legacy/orders',
  open: '/health',
  secretHeader: 'x-api-key',
  /** Origin of the web app's pages. */
  origin: 'https://shop.example',
} as const

/** The owner's app for development. */
export const developmentApp = 'com.example.development'

/** Proofs that the replay store of `Apis.cramped` takes. */
export const crampedCapacity = 600

/** Seconds by which the clock of `Apis.later` is ahead. */
export const laterBy = 1200

/** Keys of one iPhone that `HardwareWorld.assessed` accepts. */
export const mostKeys = 4

/** The greatest age in seconds of hardware evidence at `HardwareWorld.hasty`. */
export const hastyAge = 3
