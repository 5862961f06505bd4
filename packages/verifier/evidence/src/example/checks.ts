import { createPublicKey, timingSafeEqual, verify } from 'node:crypto'
import type { ExpectedApp, RevocationSource, TrustAnchor } from '../port/verify-context.ts'
import { ExampleError } from './errors.ts'
import type { ParsedExample, Statement } from './parse.ts'

/** One of the anchors must have signed the statement (ES256). An unreadable anchor is a malfunction. */
export function checkSignature({ signed, signature }: ParsedExample, anchors: readonly TrustAnchor[]): void {
  const verifies = anchors.some(({ publicKey }) => {
    const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
    return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature)
  })
  if (!verifies) throw new ExampleError('EXAMPLE_SIGNATURE')
}

/** The statement must have been made for this client data. */
export function checkCommitment({ commitment }: Statement, expected: Uint8Array): void {
  if (commitment.length !== expected.length || !timingSafeEqual(commitment, expected)) {
    throw new ExampleError('EXAMPLE_COMMITMENT')
  }
}

/** Seconds. */
const oldest = 120
const clockSkew = 60

/** The statement must be recent. */
export function checkAge({ madeAt }: Statement, now: number): void {
  if (madeAt < now - oldest || madeAt > now + clockSkew) throw new ExampleError('EXAMPLE_EXPIRED')
}

/** The statement must be about an expected app, with package and signer of the same app. */
export function checkAppIdentity(statement: Statement, apps: readonly ExpectedApp[]): void {
  const expected = apps.some(
    (app) =>
      app.platform === 'android' &&
      app.package === statement.package &&
      app.signers.includes(statement.signer),
  )
  if (!expected) throw new ExampleError('EXAMPLE_APP_IDENTITY')
}

/** The vendor must still vouch for the device. A source that cannot answer is a malfunction. */
export async function checkRevocation({ device }: Statement, revocation: RevocationSource): Promise<void> {
  const state = await revocation.stateOf(device)
  if (state !== 'not_listed') throw new ExampleError('EXAMPLE_REVOKED')
}
