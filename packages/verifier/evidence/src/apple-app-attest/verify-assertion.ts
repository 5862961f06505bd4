import type { KeyObject } from 'node:crypto'
import { p256PublicKey } from '@assay/codec/ec'
import { pointOf, type PublicJwk } from '@assay/protocol'
import { asVerified, type Verified } from '../port/verified.ts'
import { checkAppId } from './check-app.ts'
import { checkAssertionCounter, checkAssertionSignature } from './check-assertion.ts'
import type { AppAttestAssertionClaims } from './claims.ts'
import type { AssertionContext } from './context.ts'
import { assertionDescriptor } from './descriptor.ts'
import type { ParsedAssertion } from './parse-assertion.ts'

/** @throws AppAttestError with the code of the first check that fails */
export async function verifyAssertion(
  parsed: ParsedAssertion,
  context: AssertionContext,
): Promise<Verified<AppAttestAssertionClaims>> {
  const { authenticatorData } = parsed
  checkAssertionSignature(parsed, context)
  const appId = checkAppId(authenticatorData, context.apps)
  const counter = checkAssertionCounter(authenticatorData, context.previousCounter)
  return asVerified(assertionDescriptor.name, {
    platform: 'ios',
    appId,
    counter,
    ...authenticatorData.appState,
  })
}

/** The key object of an attested key, from its claim `publicKey` as stored. Rejects unless it is a key on P-256. */
export function assertionKey(publicKey: PublicJwk): Promise<KeyObject> {
  return p256PublicKey(pointOf(publicKey))
}
