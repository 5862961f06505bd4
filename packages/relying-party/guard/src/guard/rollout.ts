import { headerNames, utf8 } from '@assay/protocol'
import { networkOf } from '@assay/protocol/network'
import { functionOf, knownMembers, misuse, numberWithin, optionalFunction } from '../faults/misuse.ts'
import type { AdmittedRequest, Decision, Malfunction, Refusal } from './decision.ts'
import { checkCrypto, type GuardCrypto } from '../token/crypto.ts'

/** To whom refusals apply while an API is being rolled out. */
export interface RolloutSettings {
  /**
   * Share of callers to whom the guard's refusals apply: 0 (nobody) to 1 (everybody). A function is called at each
   * refusal, so that the share can be raised without a restart; a result out of bounds counts as 1.
   */
  share: number | (() => number)
  /**
   * 32 to 1,024 bytes, the same on every node and across restarts: with another secret, other callers are in the
   * share.
   */
  secret: Uint8Array
  /** Default: Web Crypto. */
  crypto?: GuardCrypto
}

/**
 * Enforces refusals for a share of callers only, always the same ones: an installation whose token was verified counts
 * by its pseudonym, every other caller by the network (/24, /48). It protects nothing until the share is 1, because a
 * caller can choose a network.
 */
export interface Rollout {
  /**
   * Whether to answer this refusal, or malfunction, as the guard says.
   *
   * @param address IP address of the caller; all callers without one, or with another text, count as one caller
   */
  enforces(decision: Refusal | Malfunction, address: string | undefined): Promise<boolean>
}

const members: Readonly<Record<keyof RolloutSettings, true>> = { share: true, secret: true, crypto: true }
const callers = 2 ** 32
/** A caller keeps a /48 longer than an address. */
const networkBits = { ipv4: 24, ipv6: 48 }

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option that is missing, wrong or unknown. */
export function createRollout(settings: RolloutSettings): Rollout {
  knownMembers('createRollout', settings, members)
  const share = shareOf(settings.share)
  const secret = secretOf(settings.secret)
  const crypto = checkCrypto(settings.crypto)
  return Object.freeze({
    async enforces(decision: Refusal | Malfunction, address: string | undefined) {
      const limit = share()
      if (limit === 0 || limit === 1) return limit === 1
      const mac = await crypto.hmacSha256(secret, utf8(callerOf(decision, address)))
      return new DataView(mac.buffer, mac.byteOffset).getUint32(0) / callers < limit
    },
  })
}

function callerOf(decision: Refusal | Malfunction, address: string | undefined): string {
  const attested = decision.kind === 'refused' ? decision.attested : null
  if (attested !== null) return `installation ${attested.installation}`
  return `network ${networkOf(address ?? '', networkBits) ?? 'unknown'}`
}

/** If it throws, or is not a share, the guard enforces: a faulty setting must not open an API. */
function shareOf(share: unknown): () => number {
  if (typeof share !== 'function') {
    const fixed = numberWithin('share', share ?? Number.NaN, { least: 0, most: 1, otherwise: 1 })
    return () => fixed
  }
  const ask = functionOf('share', share as () => unknown)
  return () => {
    try {
      const value = ask()
      return typeof value === 'number' && value >= 0 && value <= 1 ? value : 1
    } catch {
      return 1
    }
  }
}

function secretOf(secret: unknown): Uint8Array {
  if (!(secret instanceof Uint8Array) || secret.length < 32 || secret.length > 1024)
    throw misuse('secret', 'a Uint8Array of 32 to 1,024 bytes')
  return Uint8Array.from(secret)
}

/**
 * A request that the guard refused, or could not judge, but that is served because a rollout does not enforce for its
 * caller yet. Nothing is known about who sent it. Frozen.
 */
export interface Waiver {
  readonly ok: true
  readonly kind: 'waived'
  /** What the guard decided. For the operator's log. */
  readonly decision: Refusal | Malfunction
  /** Fields to add to the response: a nonce, if the proof lacked one. */
  readonly headers: Readonly<Record<string, string>>
}

/** For an adapter: the rollout of its API, and how it identifies its callers. */
export interface RolloutOptions<Request> {
  rollout?: Rollout
  /** IP address of the caller, as reported by the proxy in front. */
  addressOf?: (request: Request) => string | undefined
}

/** What an adapter does with a request. */
export type Settled = AdmittedRequest | Refusal | Malfunction | Waiver

/** Settles decisions under a rollout; without one, each stands. */
export type Settle<Request> = (decision: Decision, request: Request) => Settled | Promise<Settled>

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function settling<Request>(
  of: string,
  options: RolloutOptions<Request>,
  addressOf?: (request: Request) => string | undefined,
): Settle<Request> {
  const known: Record<keyof RolloutOptions<Request>, true> = { rollout: true, addressOf: true }
  knownMembers(of, options, known)
  const find = optionalFunction('addressOf', options.addressOf) ?? addressOf
  const { rollout } = options
  if (rollout === undefined) return (decision) => decision
  if (typeof (rollout as Partial<Rollout> | null)?.enforces !== 'function')
    throw misuse('rollout', 'what createRollout returns')
  if (find === undefined) throw misuse('addressOf', 'a function, because nothing else knows the address')
  return async (decision, request) =>
    decision.ok || (await rollout.enforces(decision, find(request))) ? decision : waive(decision)
}

const nonceFieldNames = [headerNames.dpopNonce, headerNames.attestationChallenge]

function waive(decision: Refusal | Malfunction): Waiver {
  const entries = Object.entries(decision.headers).filter(([name]) => nonceFieldNames.some((n) => n === name))
  return Object.freeze({
    ok: true,
    kind: 'waived',
    decision,
    headers: Object.freeze(Object.fromEntries(entries)),
  })
}

/** Whether the guard admitted the request. */
export function isAdmitted(settled: AdmittedRequest | Waiver): settled is AdmittedRequest {
  return !('kind' in settled)
}
