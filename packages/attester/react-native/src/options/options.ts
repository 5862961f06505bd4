import { misuse } from '../errors/error.ts'

type Fetch = typeof globalThis.fetch

/** An HTTP client in place of the native part's own. */
export interface GivenFetch {
  /** Such as that of `expo/fetch` since Expo SDK 54. */
  readonly fetch: Fetch
  /**
   * States that it does not follow redirects by itself if `redirect` is `'manual'`. `fetch` of `expo/fetch` does not,
   * since Expo SDK 54. Older ones and React Native's own do, and take token and proof along to wherever the redirect
   * leads, so they cannot be used here.
   */
  readonly heedsRedirect: true
}

/** What an app states about itself. The service cannot widen any of it. */
export interface AssayOptions {
  /** Base URLs of the attestation service, tried in turn. */
  readonly endpoints: readonly string[]
  /**
   * The protected APIs, fixed in the app: origin or URL prefix to token audience, at most 8 audiences. Tokens and
   * proofs go to these and to nothing else; the longest prefix decides.
   */
  readonly audiences: Readonly<Record<string, string>>
  /**
   * Those of the audiences that are OAuth authorization servers. They say in the JSON of a 400 that they want a nonce or
   * another token (RFC 6749 section 5.2); in the body of any other answer that text means nothing. Default: none.
   */
  readonly authorizationServers?: readonly string[]
  /** Id of the app. Default: package name or bundle id. */
  readonly app?: string
  /** Id of the build. Default: what `@assay/react-native/metro` wrote into the bundle; otherwise the version name. */
  readonly build?: string
  /** What a protected request does if no token is available. Default `fail`. */
  readonly withoutToken?: 'fail' | 'send'
  /** Milliseconds for one request to the service. Default 10,000. */
  readonly requestTimeout?: number
  /** Milliseconds without use after which the background stops refreshing until the next use. Default 600,000. */
  readonly idleAfter?: number
  /** For Android only. */
  readonly android?: {
    /** `auto` (default), `none`, or the name of an ABI. */
    readonly abi?: string
    /** Whether secure hardware attests the installation key at its creation. Default true. */
    readonly attestsKey?: boolean
    /** Whether the key is made in the secure element if there is one. Default false. */
    readonly strongBox?: boolean
  }
  /** For iOS only. */
  readonly ios?: {
    /** Keychain access group, if an app and its extensions should be one installation. */
    readonly keychainAccessGroup?: string
    /** App group in whose folder they take turns. */
    readonly appGroup?: string
  }
  /**
   * A development secret, in place of a measurement: for an app and APIs that are registered for development. Whoever has it gets
   * tokens, so give it under `__DEV__` only; on phones only debuggable builds start with it.
   */
  readonly developmentSecret?: string
  /** Admits `http:` for hosts other than this machine. For closed test networks only. */
  readonly dangerouslyAllowInsecureRequests?: boolean
  /** Default: the native part sends protected requests. */
  readonly transport?: GivenFetch
}

type Holds = (value: unknown) => boolean

const isText: Holds = (value) => typeof value === 'string'
const isFlag: Holds = (value) => typeof value === 'boolean'
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isNumber: Holds = (value) => typeof value === 'number' && value >= 0 && value < 2 ** 31
const isTexts: Holds = (value) => Array.isArray(value) && value.length > 0 && value.every(isText)
const optional =
  (holds: Holds): Holds =>
  (value) =>
    value === undefined || holds(value)

const forms: Readonly<Record<keyof AssayOptions, Holds>> = {
  endpoints: isTexts,
  audiences: (value) => isObject(value) && isTexts(Object.values(value)),
  authorizationServers: optional((value) => Array.isArray(value) && value.every(isText)),
  app: optional(isText),
  build: optional(isText),
  withoutToken: optional((value) => value === 'fail' || value === 'send'),
  requestTimeout: optional(isNumber),
  idleAfter: optional(isNumber),
  android: optional(isObject),
  ios: optional(isObject),
  dangerouslyAllowInsecureRequests: optional(isFlag),
  developmentSecret: optional(isText),
  transport: optional(
    (value) => isObject(value) && typeof value['fetch'] === 'function' && value['heedsRedirect'] === true,
  ),
}

/**
 * The options for the native part. It checks URLs, ids and the members of `android` and `ios` itself.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the first option that is missing, wrong or unknown
 */
export function checkOptions(options: AssayOptions): Readonly<Record<string, unknown>> {
  if (!isObject(options)) throw misuse('options: missing or wrong; give an object')
  for (const name of Object.keys(options))
    if (!Object.keys(forms).includes(name)) throw misuse(`${name}: unknown member`)
  for (const name of Object.keys(forms) as (keyof AssayOptions)[]) {
    if (forms[name](options[name])) continue
    throw misuse(
      name === 'transport'
        ? 'transport: missing or wrong; give `fetch` of expo/fetch and `heedsRedirect: true`'
        : `${name}: missing or wrong`,
    )
  }
  const { transport: _, ...checked } = options
  return checked
}
