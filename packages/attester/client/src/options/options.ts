import { appIdPattern, buildIdPattern, invalidArgument, mustHold, type Coverage } from '@assay/protocol'
import type { CodeImage, Exercises, LiveFunctions, MeasurementCrypto, Probe } from '@assay/measurement'
import { isText } from '../wire/answers.ts'
import type {
  AnyKeyStore,
  Clock,
  EvidenceSource,
  OpenText,
  RandomBytes,
  SharedState,
  Timers,
} from '../runtime/ports.ts'
import { dpopProof, type ProofForm } from '../proof/proof.ts'
import { readProtectedUrls, type ProtectedUrls } from '../url/protected-urls.ts'
import { readSecureUrl } from '../url/secure-url.ts'
import { standardUrl, type ParseUrl } from '../url/url.ts'

/**
 * Key of the option that accepts `http:` for hosts other than this machine, where everyone on the network path can read
 * and use tokens that are not bound, and answer in place of the service.
 *
 * @deprecated For closed test networks only. Marked so that every use stands out.
 */
export const allowInsecureRequests: unique symbol = Symbol()

/** The options of every client. */
export interface ClientOptions {
  /**
   * Base URLs of the attestation service, tried in turn: different routes to one service. If they lead to processes
   * that do not share the challenge key, one refuses the challenge of another, and the exchange starts again, once.
   */
  endpoints: readonly string[]
  app: string
  build: string
  /**
   * The protected APIs, fixed in the app: origin or URL prefix (`https://api.example.com/v1`) to token audience.
   * Tokens and proofs go to these and to nothing else; the longest prefix decides. At most 8 audiences.
   */
  audiences: Readonly<Record<string, string>>
  /**
   * Those of the audiences that are OAuth authorization servers. They say in the JSON of a 400 that they want a nonce or
   * another token (RFC 6749 section 5.2); in the body of any other answer that text means nothing. Default: none.
   */
  authorizationServers?: readonly string[]
  /**
   * Reader of the app's own code, or a function that opens it at the first exchange, and again after one that was
   * refused, for the coverage that the build is registered with. `signal` aborts after two minutes, or at `close()`.
   */
  image: CodeImage | ((coverage: Coverage, signal: AbortSignal) => CodeImage | Promise<CodeImage>)
  crypto: MeasurementCrypto
  keyStore: AnyKeyStore
  /**
   * What the service may ask about the environment: it chooses among these, and judges the answers. Default:
   * `jsProbes`, which the service assumes that every release of this SDK has; include them in your own list too.
   */
  probes?: readonly Probe[]
  /**
   * The SDK's own functions, as its manifest lists them: those that it can show, and those that it can carry out.
   * Default: all of this release.
   */
  live?: { functions: LiveFunctions; exercises: Exercises }
  shared: SharedState
  fetch: typeof globalThis.fetch
  clock: Clock
  random: RandomBytes
  timers: Timers
  /** The base for relative URLs given to `fetch`. Without it they are misuse. */
  baseUrl?: string
  /**
   * What happens to a protected request if no token is available. `fail`, the default: it is not sent, and the
   * caller gets the error. `send`: it goes without token and proof, with the error's code in `Assay-Status`, for APIs
   * that observe and do not enforce.
   */
  withoutToken?: 'fail' | 'send'
  /** The form of proofs. Default: DPoP. */
  proof?: ProofForm
  /**
   * Whether `fetch` respects `redirect` on a platform whose own `Request` does not know it (React Native). If neither
   * does, protected requests are misuse: a redirect would take token and proof along.
   */
  heedsRedirect?: boolean
  /** Reads URLs. Default: the platform's `URL`. */
  parseUrl?: ParseUrl
  /**
   * A development secret, in place of a measurement: for apps and APIs that are registered for development. Whoever has
   * it gets tokens, so it must not be in any build that leaves the developers. `createWebClient` refuses it in a page that
   * names its build.
   */
  developmentSecret?: string
  /** Milliseconds for one request to the service. Default 10,000. */
  requestTimeout?: number
  /** Milliseconds without use after which the background stops refreshing until the next use. Default 600,000. */
  idleAfter?: number
  /** @deprecated See {@link allowInsecureRequests}. */
  [allowInsecureRequests]?: boolean
}

/** The options of an `AssayClient`. `createNodeClient` and `createWebClient` fill in the platform's part. */
export interface AssayClientOptions extends Omit<ClientOptions, 'shared'> {
  /** What clients of one installation share. Default: nothing. */
  shared?: SharedState
  /** Sources of platform evidence, all asked when the service wants evidence. */
  evidence?: readonly EvidenceSource[]
  /** ABI of the native code in `image`, for builds registered from an AAB or split APKs; leave it out for others. */
  abi?: string
  /** Opens the second image, for builds that have one. Default: it cannot be reached. */
  text?: OpenText
}

/** Options, checked. */
export interface ClientConfig extends ClientOptions {
  protectedUrls: ProtectedUrls
  /** Distinct audiences, in the order given. */
  audienceList: string[]
  authorizationServers: readonly string[]
  proof: ProofForm
  parseUrl: ParseUrl
  requestTimeout: number
  idleAfter: number
}

/**
 * The options that are set: `undefined` counts as left out.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) if they are not an object
 */
export function givenOptions<T extends object>(options: T): T {
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument('options: missing or wrong; give an object')
  }
  const given = { ...options }
  for (const name of Object.keys(given) as (keyof T)[]) if (given[name] === undefined) delete given[name]
  return given
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option that is missing or wrong. */
export function checkOptions(options: ClientOptions): ClientConfig {
  const insecure = options[allowInsecureRequests] === true
  const { parseUrl = standardUrl, authorizationServers = [] } = options
  const audienceList = [...new Set(Object.values(Object(options.audiences) as ClientOptions['audiences']))]
  mustHold(appIdPattern.test(options.app), 'app')
  mustHold(buildIdPattern.test(options.build), 'build')
  mustHold(Array.isArray(options.endpoints) && options.endpoints[0], 'endpoints')
  mustHold(audienceList[0] && audienceList.length <= 8 && audienceList.every(isText), 'audiences')
  const isKnown = (audience: string) => audienceList.includes(audience)
  mustHold(authorizationServers.every(isKnown), 'authorizationServers')
  return {
    proof: dpopProof,
    parseUrl,
    requestTimeout: 10_000,
    idleAfter: 600_000,
    ...options,
    authorizationServers,
    endpoints: options.endpoints.map((endpoint: string) =>
      readSecureUrl(parseUrl, endpoint, 'endpoints', insecure),
    ),
    protectedUrls: readProtectedUrls(parseUrl, options.audiences, insecure),
    audienceList,
  }
}
