import { misuse } from '../port/misuse.ts'
import {
  checkExpected,
  verifyContext,
  type VerifyContext,
  type VerifyContextInput,
} from '../port/verify-context.ts'
import type { IssuerKeys } from './chain/issuer-keys.ts'
import { securityLevels, type SecurityLevel } from './statement/values.ts'

/** What is asked of device and key. The claims say what was found, so that a policy can ask for more. */
export interface AndroidKeyPolicy {
  /** Both the key and its attestation are kept at least like this. */
  readonly minSecurityLevel: SecurityLevel
  /** The device booted a system that its vendor verified, or one of `allowedBootKeys`. */
  readonly requireVerifiedBoot: boolean
  /** `verifiedBootKey`, lower-case hex, of self-signed systems that are as good as verified ones. May be empty. */
  readonly allowedBootKeys: readonly string[]
  /** The boot loader is locked. */
  readonly requireLocked: boolean
  /** YYYYMM: the patch level of the system is this or later. `null`: any, or none stated. */
  readonly minOsPatchLevel: number | null
}

export interface AndroidKeyContextInput extends VerifyContextInput {
  readonly policy: AndroidKeyPolicy
  /** Shared by all verifications of a process: `issuerKeys()`. */
  readonly issuers: IssuerKeys
}

/** What evidence is held against whenever it counts, and not only when it comes. */
export type StandingExpectation = Pick<AndroidKeyContextInput, 'anchors' | 'apps' | 'revocation' | 'policy'>

declare const checked: unique symbol

/** What this format verifies against. Made by {@link androidKeyContext} only. */
export interface AndroidKeyContext extends VerifyContext {
  readonly policy: AndroidKeyPolicy
  readonly issuers: IssuerKeys
  readonly [checked]: true
}

/**
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for what `verifyContext` refuses, no Android app, a policy that leaves
 *   something open, or no keeper of issuers' keys
 */
export function androidKeyContext(input: AndroidKeyContextInput): AndroidKeyContext {
  const { policy, issuers, ...common } = input
  const context = verifyContext(common)
  checkStanding(input)
  if (typeof (issuers as Partial<IssuerKeys> | undefined)?.get !== 'function')
    throw misuse("there is no keeper of issuers' keys")
  return Object.freeze({ ...context, policy, issuers }) as AndroidKeyContext
}

/**
 * What is checked wherever evidence counts, and not only when it comes.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) as {@link androidKeyContext}
 */
export function checkStanding({ policy, ...expected }: StandingExpectation): void {
  checkExpected(expected)
  if (!expected.apps.some(({ platform }) => platform === 'android'))
    throw misuse('there is no Android app to expect')
  if (!isPolicy(policy)) throw misuse('the policy leaves something open')
}

const bootKeyPattern = /^(?:[0-9a-f]{2}){1,64}$/

function isPolicy(policy: Partial<AndroidKeyPolicy> | undefined): boolean {
  if (policy === undefined || policy === null) return false
  const { minSecurityLevel, requireVerifiedBoot, allowedBootKeys, requireLocked, minOsPatchLevel } = policy
  return (
    securityLevels.some((level) => level === minSecurityLevel) &&
    typeof requireVerifiedBoot === 'boolean' &&
    Array.isArray(allowedBootKeys) &&
    allowedBootKeys.every((key) => bootKeyPattern.test(String(key))) &&
    typeof requireLocked === 'boolean' &&
    (minOsPatchLevel === null || isMonth(minOsPatchLevel))
  )
}

const monthPattern = /^[1-9]\d{3}(?:0[1-9]|1[0-2])$/

/** Whether a patch level is a month, YYYYMM. Devices report days, zero and months that do not exist. */
export function isMonth(level: unknown): level is number {
  return Number.isInteger(level) && monthPattern.test(String(level))
}
