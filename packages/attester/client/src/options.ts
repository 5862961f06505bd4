import { appIdPattern, buildIdPattern, mustHold } from '@assay/protocol'
import type { CodeImage, Exercises, LiveFunctions, MeasurementCrypto, Probe } from '@assay/measurement'
import { isText } from './exchange/answers.ts'
import type { Clock, KeyStore, RandomBytes, SharedState, Timers } from './ports.ts'
import { readProtectedUrls, type ProtectedUrls } from './request/protected-urls.ts'
import { readSecureUrl } from './request/secure-url.ts'

/**
 * Key of the option that admits `http:` for hosts other than this machine, where everyone on the way can read and
 * use tokens that are not bound, and answer in the service's place.
 *
 * @deprecated For closed test networks only. Marked so that every use stands out.
 */
export const allowInsecureRequests: unique symbol = Symbol()

/** What every client is made of. */
export interface ClientOptions {
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
  /**
   * What the service may ask about the environment: it chooses among these, and judges the answers. Default: `jsProbes`,
   * which the service takes every release of this SDK to have; a list of your own holds them too.
   */
  probes?: readonly Probe[]
  /**
   * The SDK's own functions, as its manifest lists them: those it can show, and those it can carry out. Default: all
   * that this release has.
   */
  live?: { functions: LiveFunctions; exercises: Exercises }
  shared: SharedState
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
export interface ClientConfig extends ClientOptions {
  protectedUrls: ProtectedUrls
  /** Distinct audiences, in the order given. */
  audienceList: string[]
  requestTimeout: number
  idleAfter: number
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option that is missing or wrong. */
export function checkOptions(options: ClientOptions): ClientConfig {
  const insecure = options[allowInsecureRequests] === true
  const audienceList = [...new Set(Object.values(Object(options.audiences) as ClientOptions['audiences']))]
  mustHold(appIdPattern.test(options.app), 'app')
  mustHold(buildIdPattern.test(options.build), 'build')
  mustHold(Array.isArray(options.endpoints) && options.endpoints[0], 'endpoints')
  mustHold(audienceList[0] && audienceList.length <= 8 && audienceList.every(isText), 'audiences')
  return {
    requestTimeout: 10_000,
    idleAfter: 600_000,
    ...options,
    endpoints: options.endpoints.map((endpoint: string) => readSecureUrl(endpoint, 'endpoints', insecure)),
    protectedUrls: readProtectedUrls(options.audiences, insecure),
    audienceList,
  }
}
