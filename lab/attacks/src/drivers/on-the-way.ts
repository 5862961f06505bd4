import type { Code, Sdks } from '../attack/sdks.ts'
import { allCodes } from './attempt.ts'
import * as kotlin from './kotlin.ts'
import type { Way } from './meddling.ts'
import * as swift from './swift.ts'

/**
 * Bodies are changed on their way between the SDK and the service, in one way after the other.
 *
 * @param code default: the one that is expected where hardware vouches for the app
 */
export function onTheWay(ways: readonly Way[], code?: string): Sdks {
  const each = <Stage>(once: (stage: Stage, way: Way) => Promise<Code>) => ({
    async attack(stage: Stage) {
      const codes: Code[] = []
      for (const way of ways) codes.push(await once(stage, way))
      return allCodes(codes)
    },
    ...(code === undefined ? {} : { code }),
  })
  return { kotlin: each(kotlin.meddled), swift: each(swift.meddled) }
}
