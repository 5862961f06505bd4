import { asVerified, type Verified } from '../port/verified.ts'
import type { VerifyContext } from '../port/verify-context.ts'
import { checkAge, checkAppIdentity, checkCommitment, checkRevocation, checkSignature } from './checks.ts'
import type { ExampleClaims } from './claims.ts'
import { descriptor } from './descriptor.ts'
import type { ParsedExample } from './parse.ts'

/** @throws ExampleError with the code of the first check that fails */
export async function verify(
  parsed: ParsedExample,
  context: VerifyContext,
): Promise<Verified<ExampleClaims>> {
  const { statement } = parsed
  checkSignature(parsed, context.anchors)
  checkCommitment(statement, context.commitment)
  checkAge(statement, context.now)
  checkAppIdentity(statement, context.apps)
  await checkRevocation(statement, context.revocation)
  const { package: name, signer, device, madeAt } = statement
  return asVerified(descriptor.name, { platform: 'android', package: name, signer, device, madeAt })
}
