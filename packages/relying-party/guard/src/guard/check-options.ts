import { comparingClocks } from '../remote/compared-clocks.ts'
import type { FetchDocument } from '../remote/fetch.ts'
import {
  type AdmissibleTier,
  admissibleTiers,
  type Tier,
  type TokenKind,
  tokenKinds,
  type TokenMode,
  tokenModes,
} from '@assay/protocol'
import { checkAudience, checkIssuer, checkMetadataUrl } from '../faults/check-url.ts'
import {
  distinctList,
  functionOf,
  knownMembers,
  misuse,
  numberWithin,
  oneOf,
  optionalFunction,
  port,
} from '../faults/misuse.ts'
import { type Enforcement, enforcements } from './decision.ts'
import { type AdmittedCallers, allowPlainHttp, guardMembers, type GuardOptions } from './guard-options.ts'
import { checkJwks } from '../remote/remote-keys.ts'
import { checkStatus, type RemoteStatus } from '../remote/remote-status.ts'
import type { NonceSource } from '../request/nonces.ts'
import { type PresentationRules, type ProofMethod, proofMethods } from '../request/presented.ts'
import { createMemoryReplayStore, type ReplayStore } from '../request/replay-store.ts'
import { fixedOrigin, forwardedOrigin, type PublicOrigin, readBaseUrl } from '../request/target-uri.ts'
import type { ProofExpectations } from '../request/verify-proof.ts'
import { BoundedCache } from '../token/bounded-cache.ts'
import { checkCrypto } from '../token/crypto.ts'
import type { DenyList } from '../token/deny-list.ts'
import { isAppId } from '../token/token-claims.ts'
import type { TokenVerifier, VerifiedToken } from '../token/verify-token.ts'

/** The options of a guard, checked and complete. */
export interface GuardParts {
  readonly kind: TokenKind
  readonly mode: TokenMode
  readonly enforcement: Enforcement
  readonly allowListed: boolean
  readonly presentation: PresentationRules
  readonly tokens: TokenVerifier
  readonly proofs: ProofExpectations
  readonly origin: PublicOrigin
  readonly replayStore: ReplayStore
  readonly nonces: NonceSource | undefined
  readonly denyList: DenyList | undefined
  readonly status: RemoteStatus | undefined
  readonly clock: () => number
  /** Milliseconds. */
  readonly portTimeout: number
  readonly resourceMetadata: string | undefined
  readonly onDecision: GuardOptions['onDecision']
  readonly onFault: GuardOptions['onFault']
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function checkOptions(options: GuardOptions): GuardParts {
  knownMembers('the guard', options, guardMembers)
  const admitsPlainHttp = checkPlainHttp(options[allowPlainHttp])
  const issuer = inNormalForm('issuer', checkIssuer(options.issuer))
  const audience = inNormalForm('audience', checkAudience(options.audience))
  const clock = functionOf('clock', options.clock)
  const kind =
    options.tokenKind === undefined ? 'attestation' : oneOf('tokenKind', options.tokenKind, tokenKinds)
  const mode = oneOf('mode', options.mode, tokenModes)
  const crypto = checkCrypto(options.crypto)
  const clockTolerance = numberWithin('clockTolerance', options.clockTolerance, {
    least: 0,
    most: 300,
    otherwise: 10,
  })
  const maxAge = numberWithin('proofMaxAge', options.proofMaxAge, { least: 1, most: 600, otherwise: 60 })
  const cacheSize = numberWithin('tokenCacheSize', options.tokenCacheSize, {
    least: 1,
    most: 1_000_000,
    otherwise: 10_000,
  })
  const onFault = optionalFunction('onFault', options.onFault)
  const onClock = optionalFunction('onClock', options.onClock)
  const compare = (fetch: FetchDocument) => comparingClocks(fetch, { clock, onClock, onFault })
  const keys = checkJwks(crypto, { jwks: options.jwks, clock, compare }, admitsPlainHttp)
  if (kind === 'access') checkAccess(options)
  const development = checkDevelopment(options.development)
  const expected = { issuer, audience, kind, mode, clockTolerance, development }
  return Object.freeze({
    kind,
    mode,
    enforcement:
      options.enforcement === undefined ? 'enforce' : oneOf('enforcement', options.enforcement, enforcements),
    allowListed: checkAllowListed(options.allowListed),
    presentation: {
      kind,
      mode,
      proofs: checkProofs(mode, options),
      maxFieldLength: numberWithin('maxFieldLength', options.maxFieldLength, {
        least: 1024,
        most: 16_384,
        otherwise: 6144,
      }),
    },
    tokens: {
      crypto,
      keys,
      expected,
      cache: new BoundedCache<VerifiedToken>(cacheSize),
      acceptedHeader: undefined,
      userHeader: { text: '', isOfOtherType: false },
    },
    proofs: { audience, maxAge, clockTolerance },
    origin: checkOrigin(options.publicBaseUrl === undefined ? audience : options.publicBaseUrl),
    replayStore: checkReplayStore(options.replayStore, clock),
    nonces:
      options.nonces === undefined
        ? undefined
        : port('nonces', options.nonces, ['issue', 'check'], 'perNode'),
    denyList: options.denyList === undefined ? undefined : port('denyList', options.denyList, ['denies']),
    status:
      options.statusList === undefined
        ? undefined
        : checkStatus(
            options.statusList,
            { crypto, keys, expected },
            { clock, admitsPlainHttp, onFault, compare },
          ),
    clock,
    portTimeout:
      1000 * numberWithin('portTimeout', options.portTimeout, { least: 0.01, most: 60, otherwise: 2 }),
    resourceMetadata: checkMetadataUrl(options.resourceMetadata),
    onDecision: optionalFunction('onDecision', options.onDecision),
    onFault,
  })
}

/** {@link AdmittedCallers} as sets. */
export interface CheckedCallers {
  readonly apps: ReadonlySet<string>
  readonly tiers: ReadonlySet<Tier>
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function checkRoute(callers: AdmittedCallers): CheckedCallers {
  const known: Record<keyof AdmittedCallers, true> = { apps: true, tiers: true }
  knownMembers('forRoute', callers, known)
  return checkCallers(callers)
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function checkCallers({ apps, tiers }: AdmittedCallers): CheckedCallers {
  const isTier = (text: string): text is AdmissibleTier =>
    (admissibleTiers as readonly string[]).includes(text)
  return {
    apps: new Set(distinctList('apps', apps, appIdForm, isAppId)),
    tiers: new Set(distinctList('tiers', tiers, `one of: ${admissibleTiers.join(', ')}`, isTier)),
  }
}

const appIdForm =
  'an app id: 3 to 255 letters, digits, ".", "_" and "-", beginning with a letter or digit; or an https URL'

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
function checkPlainHttp(allowed: unknown): boolean {
  if (allowed !== undefined && typeof allowed !== 'boolean') throw misuse('allowPlainHttp', 'true or false')
  return allowed === true
}

/**
 * In production nobody is let through unappraised, whatever the configuration says.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`)
 */
function checkDevelopment(development: unknown): boolean {
  if (development === undefined) return false
  if (development !== true) throw misuse('development', 'true, or absent')
  const { process } = globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } }
  if (process?.env?.['NODE_ENV'] === 'production')
    throw misuse('development', 'absent where NODE_ENV is production')
  return true
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
function checkAllowListed(allowListed: unknown): boolean {
  if (allowListed !== undefined && allowListed !== true) throw misuse('allowListed', 'true, or absent')
  return allowListed === true
}

/**
 * Options that mean nothing for access tokens: the service issues none for development and none for test devices.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`)
 */
function checkAccess(options: GuardOptions): void {
  for (const name of ['proofs', 'development', 'allowListed'] as const)
    if (options[name] !== undefined) throw misuse(name, 'absent where tokenKind is access')
}

function checkProofs(mode: TokenMode, { proofs }: GuardOptions): readonly ProofMethod[] {
  if (mode === 'bearer') {
    if (proofs !== undefined) throw misuse('proofs', 'absent in bearer mode, which has no proofs')
    return []
  }
  if (proofs === undefined) return ['dpop_combined']
  const isMethod = (text: string): text is ProofMethod => (proofMethods as readonly string[]).includes(text)
  return distinctList('proofs', proofs, `one of: ${proofMethods.join(', ')}`, isMethod)
}

function checkOrigin(configured: NonNullable<GuardOptions['publicBaseUrl']>): PublicOrigin {
  if (typeof configured === 'string') return fixedOrigin(checkBaseUrl('publicBaseUrl', configured))
  if (typeof configured !== 'object' || configured === null)
    throw misuse('publicBaseUrl', 'text or { forwarded }')
  knownMembers('publicBaseUrl', configured, { forwarded: true })
  const isText = (text: string): text is string => text.length > 0
  const bases = distinctList('publicBaseUrl.forwarded', configured.forwarded, 'an origin', isText).map(
    (text) => {
      const base = checkBaseUrl('publicBaseUrl.forwarded', text)
      if (/^https?:\/\/[^/]+\//.test(base)) throw misuse('publicBaseUrl.forwarded', 'origins, without a path')
      return base
    },
  )
  return forwardedOrigin(bases)
}

/** `URL` leaves some of what RFC 3986 section 6.2.2 normalises as it is, and a pattern the port of the scheme. */
function inNormalForm(name: 'issuer' | 'audience', url: string): string {
  const form = readBaseUrl(url)
  if (form === url.replace(/\/$/, '')) return url
  throw misuse(
    name,
    form === undefined ? 'a URL that has a normal form' : `a URL in its normal form: ${form}`,
  )
}

function checkBaseUrl(name: string, text: string): string {
  const base = readBaseUrl(text)
  if (base === undefined) throw misuse(name, 'an absolute http or https URL without query, fragment and user')
  return base
}

function checkReplayStore(store: ReplayStore | undefined, clock: () => number): ReplayStore {
  if (store === undefined) return createMemoryReplayStore({ clock })
  return port('replayStore', store, ['addIfAbsent'], 'shared')
}
