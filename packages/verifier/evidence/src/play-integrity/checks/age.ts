import type { PlayIntegrityContext } from '../context.ts'
import { PlayIntegrityError } from '../errors.ts'
import type { Payload } from '../payload.ts'

/** Seconds by which Google's clock may be ahead of ours. */
const clockSkew = 60

/** The verdict was requested just now. */
export function checkAge(
  { timestamp }: Payload,
  { now, maxAgeSeconds }: Pick<PlayIntegrityContext, 'now' | 'maxAgeSeconds'>,
): void {
  if (timestamp < (now - maxAgeSeconds) * 1000) throw new PlayIntegrityError('PLAY_INTEGRITY_STALE')
  if (timestamp > (now + clockSkew) * 1000) throw new PlayIntegrityError('PLAY_INTEGRITY_FUTURE')
}
