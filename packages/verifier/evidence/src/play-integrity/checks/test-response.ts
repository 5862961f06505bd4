import type { PlayIntegrityContext } from '../context.ts'
import { PlayIntegrityError } from '../errors.ts'
import type { Payload } from '../payload.ts'

/** The verdict is one about a device, and not what somebody set in the Play Console. */
export function checkTestResponse(
  { testResponse }: Pick<Payload, 'testResponse'>,
  testResponses: PlayIntegrityContext['testResponses'],
): void {
  if (testResponse && testResponses !== 'allow') throw new PlayIntegrityError('PLAY_INTEGRITY_TEST_RESPONSE')
}
