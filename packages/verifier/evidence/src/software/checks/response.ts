import type { LiveOutcome } from '@assay/measurement'
import type { ExpectedMeasurement } from '../context.ts'
import { SoftwareError } from '../errors.ts'
import type { ParsedMeasurement } from '../parse.ts'
import { checkSegments } from './segments.ts'

/**
 * The response is the one expected, and says so alone: tags prove nothing beyond it. They are looked at when it
 * differs, to tell the operator how.
 */
export async function checkResponse(
  { response, tags }: ParsedMeasurement,
  expected: ExpectedMeasurement,
): Promise<LiveOutcome> {
  const outcome = await expected.compare(response)
  if (outcome.matches) return outcome.live
  const live = tags.some(({ name }) => name.startsWith('live:')) ? 'shown' : 'absent'
  checkSegments(tags, await expected.tags(live))
  throw new SoftwareError('SOFTWARE_RESPONSE_MISMATCH')
}
