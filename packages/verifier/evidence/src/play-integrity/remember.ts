import { recalled, remembered } from '../port/remembered.ts'
import type { Verified } from '../port/verified.ts'
import { checkAppRecognition, checkSigners } from './check-app.ts'
import { checkTestResponse } from './check-request.ts'
import { playIntegrityClaims, type PlayIntegrityClaims } from './claims.ts'
import { checkStanding, type StandingExpectation } from './context.ts'
import { descriptor } from './descriptor.ts'
import { PlayIntegrityError } from './errors.ts'

/** What to store of a verified verdict, for {@link recall}: a JSON value. */
export function remember({ claims }: Verified<PlayIntegrityClaims>): unknown {
  return remembered(playIntegrityClaims, claims)
}

/**
 * The claims of a verdict that was verified before, checked against what is expected today. Policy decides about its
 * age: `requestedAt` says when it was given.
 *
 * @param stored what {@link remember} gave
 * @throws PlayIntegrityError as `verify` does, if the app is no longer expected
 * @throws Error, a malfunction, if what was stored is malformed
 */
export async function recall(
  stored: unknown,
  context: StandingExpectation,
): Promise<Verified<PlayIntegrityClaims>> {
  checkStanding(context)
  const verified = recalled(playIntegrityClaims, stored, descriptor.name)
  const { claims } = verified
  const app = context.apps.find((each) => each.package === claims.package)
  if (app === undefined) throw new PlayIntegrityError('PLAY_INTEGRITY_PACKAGE')
  checkTestResponse(claims)
  checkAppRecognition(claims)
  checkSigners(claims.signers, app.signers)
  return verified
}
