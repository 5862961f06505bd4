import { timingSafeEqual } from 'node:crypto'
import type { PlayIntegrityContext } from '../context.ts'
import { PlayIntegrityError } from '../errors.ts'
import type { Payload } from '../payload.ts'

/** The verdict was requested for this client data, by the type of request that is expected. */
export function checkCommitment(
  { nonce, requestHash }: Payload,
  { commitment, request }: Pick<PlayIntegrityContext, 'commitment' | 'request'>,
): void {
  const stated = request === 'classic' ? nonce : requestHash
  if (stated === undefined || !isSame(Buffer.from(stated), commitment))
    throw new PlayIntegrityError('PLAY_INTEGRITY_COMMITMENT')
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
