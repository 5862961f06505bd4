import { timingSafeEqual } from 'node:crypto'
import type { AndroidApp, PlayIntegrityContext } from './context.ts'
import { PlayIntegrityError } from './errors.ts'
import type { Payload } from './payload.ts'

/** The verdict must have been requested for an expected app. Returns that app. */
export function checkRequestPackage(
  { requestPackageName }: Payload,
  apps: readonly AndroidApp[],
): AndroidApp {
  const app = apps.find((each) => each.package === requestPackageName)
  if (app === undefined) throw new PlayIntegrityError('PLAY_INTEGRITY_REQUEST_PACKAGE')
  return app
}

/** The verdict must have been requested for this client data, by the expected type of request. */
export function checkCommitment(
  { nonce, requestHash }: Payload,
  { commitment, request }: Pick<PlayIntegrityContext, 'commitment' | 'request'>,
): void {
  const stated = request === 'classic' ? nonce : requestHash
  if (stated === undefined || !(isSame(Buffer.from(stated), commitment) || isPadded(stated)))
    throw new PlayIntegrityError('PLAY_INTEGRITY_COMMITMENT')

  /** Play decodes a nonce, and may give it back with the padding that the app left out: the bytes are the same. */
  function isPadded(text: string): boolean {
    const padded = Buffer.concat([commitment, Buffer.from('=')])
    return request === 'classic' && padded.length % 4 === 0 && isSame(Buffer.from(text), padded)
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Seconds by which Google's clock may be ahead of ours. */
const clockSkew = 60

/** The verdict must be recent. */
export function checkAge(
  { timestamp }: Payload,
  { now, maxAgeSeconds }: Pick<PlayIntegrityContext, 'now' | 'maxAgeSeconds'>,
): void {
  if (timestamp < (now - maxAgeSeconds) * 1000) throw new PlayIntegrityError('PLAY_INTEGRITY_STALE')
  if (timestamp > (now + clockSkew) * 1000) throw new PlayIntegrityError('PLAY_INTEGRITY_FUTURE')
}

/** The verdict must be about a device, not what somebody set in the Play Console. */
export function checkTestResponse({ testResponse }: Pick<Payload, 'testResponse'>): void {
  if (testResponse) throw new PlayIntegrityError('PLAY_INTEGRITY_TEST_RESPONSE')
}
