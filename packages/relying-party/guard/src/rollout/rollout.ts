import { utf8 } from '@assay/protocol'
import type { GuardCrypto } from '../crypto/guard-crypto.ts'
import type { Malfunction, Refusal } from '../decision/decision.ts'
import { checkCrypto } from '../options/check-crypto.ts'
import { functionOf, knownMembers, misuse, numberWithin } from '../options/misuse.ts'
import { networkOf } from './network.ts'

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
   * @param address IP address of the caller; all callers without one count as one caller
   */
  enforces(decision: Refusal | Malfunction, address: string | undefined): Promise<boolean>
}

const members: Readonly<Record<keyof RolloutSettings, true>> = { share: true, secret: true, crypto: true }
const callers = 2 ** 32

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
  return attested === null ? `network ${networkOf(address)}` : `installation ${attested.installation}`
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
