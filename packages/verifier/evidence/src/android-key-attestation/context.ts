import { invalidArgument } from '@assay/protocol'
import {
  checkExpected,
  verifyContext,
  type VerifyContext,
  type VerifyContextInput,
} from '../port/verify-context.ts'
import type { IssuerKeys } from './issuer-keys.ts'

export interface AndroidKeyContextInput extends VerifyContextInput {
  /** Shared by all verifications of a process: `issuerKeys()`. */
  readonly issuers: IssuerKeys
}

/** What evidence is checked against whenever it counts, not only when it comes. */
export type StandingExpectation = Pick<AndroidKeyContextInput, 'anchors' | 'apps' | 'revocation'>

declare const checked: unique symbol

/** What this format verifies against. Only {@link androidKeyContext} creates it. */
export interface AndroidKeyContext extends VerifyContext {
  readonly issuers: IssuerKeys
  readonly [checked]: true
}

/**
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for what `verifyContext` refuses, no Android app, or no keeper of
 * issuers'
 *   keys
 */
export function androidKeyContext(input: AndroidKeyContextInput): AndroidKeyContext {
  const { issuers, ...common } = input
  const context = verifyContext(common)
  checkStanding(input)
  if (typeof (issuers as Partial<IssuerKeys> | undefined)?.get !== 'function')
    throw invalidArgument("there is no cache of issuers' keys")
  return Object.freeze({ issuers, ...context }) as AndroidKeyContext
}

/**
 * What is checked wherever evidence counts, not only when it comes.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) as {@link androidKeyContext}
 */
export function checkStanding(expected: StandingExpectation): void {
  checkExpected(expected)
  if (!expected.apps.some(({ platform }) => platform === 'android'))
    throw invalidArgument('there is no Android app to expect')
}
