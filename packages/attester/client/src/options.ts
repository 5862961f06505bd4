import { appIdPattern, buildIdPattern, isAudience } from '@assay/protocol'
import type { CodeImage, Exercises, LiveFunctions, MeasurementCrypto, Probe } from '@assay/measurement'
import { invalidArgument } from './error.ts'
import type { Clock, EvidenceSource, KeyStore, RandomBytes, SharedState, Timers } from './ports.ts'
import { readProtectedUrls, type ProtectedUrls } from './request/protected-urls.ts'
import { readSecureUrl } from './request/secure-url.ts'

/**
 * Key of the option that admits `http:` for hosts other than this machine, where everyone on the way can read and
 * use tokens that are not bound, and answer in the service's place.
 *
 * @deprecated For closed test networks only. Marked so that every use stands out.
 */
export const allowInsecureRequests: unique symbol = Symbol('allowInsecureRequests')

/** What makes an {@link AssayClient}. `createNodeClient` and `createWebClient` fill in the platform's part. */
export interface AssayClientOptions {
  /** Base URLs of the attestation service, tried in turn. They are nodes of one service: a challenge of one is good at all. */
  endpoints: readonly string[]
  app: string
  build: string
  /**
   * The protected APIs, fixed in the app: origin or URL prefix (`https://api.example.com/v1`) to token audience.
   * Tokens and proofs go to these and to nothing else; the longest prefix decides. At most 8 audiences.
   */
  audiences: Readonly<Record<string, string>>
  /** Reader of the app's own code, or what opens it at the first exchange. */
  image: CodeImage | (() => CodeImage | Promise<CodeImage>)
  crypto: MeasurementCrypto
  keyStore: KeyStore
  /** What the service may ask about the environment: it chooses among these, and judges the answers. */
  probes?: readonly Probe[]
  /** The SDK's own functions, as its manifest lists them: those it can show, and those it can carry out. */
  live?: { functions: LiveFunctions; exercises: Exercises }
  /** Sources of platform evidence, asked in this order. */
  evidence?: readonly EvidenceSource[]
  shared?: SharedState
  fetch: typeof globalThis.fetch
  clock: Clock
  random: RandomBytes
  timers: Timers
  /** Against which relative URLs given to `fetch` are read. Without it they are misuse. */
  baseUrl?: string
  /** Milliseconds for one request to the service. Default 10,000. */
  requestTimeout?: number
  /** Milliseconds without use after which the background stops refreshing until the next use. Default 600,000. */
  idleAfter?: number
  /** @deprecated See {@link allowInsecureRequests}. */
  [allowInsecureRequests]?: boolean
}

/** Options, checked. */
export interface ClientConfig extends AssayClientOptions {
  protectedUrls: ProtectedUrls
  /** Distinct audiences, in the order given. */
  audienceList: readonly [string, ...string[]]
  requestTimeout: number
  idleAfter: number
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option that is missing or wrong. */
export function checkOptions(options: AssayClientOptions): ClientConfig {
  const insecure = options[allowInsecureRequests] === true
  if (!appIdPattern.test(options.app)) throw invalidArgument('app is not an app id')
  if (!buildIdPattern.test(options.build)) throw invalidArgument('build is not a build id')
  if (typeof options.fetch !== 'function') throw invalidArgument('fetch is missing')
  const [first, ...others] = new Set(Object.values(options.audiences))
  if (first === undefined) throw invalidArgument('audiences is empty: name at least one protected API')
  const audienceList = [first, ...others] as const
  if (others.length > 7) throw invalidArgument('audiences names more than 8 audiences')
  if (!audienceList.every(isAudience))
    throw invalidArgument('audiences holds a value that is not an audience URL')
  return {
    ...options,
    endpoints: checkEndpoints(options.endpoints, insecure),
    protectedUrls: readProtectedUrls(options.audiences, insecure),
    audienceList,
    requestTimeout: options.requestTimeout ?? 10_000,
    idleAfter: options.idleAfter ?? 600_000,
  }
}

function checkEndpoints(endpoints: readonly string[], insecure: boolean): readonly string[] {
  if (endpoints.length === 0) throw invalidArgument('endpoints is empty')
  return endpoints.map((endpoint) => {
    const url = readSecureUrl(endpoint, insecure)
    if (url === undefined) {
      throw invalidArgument('endpoints holds a value that is not an https URL without query and fragment')
    }
    return (url.origin + url.pathname).replace(/\/+$/, '')
  })
}
