import { memoryImage, type MemorySegment } from '@assay/client'
import { paths } from '@assay/protocol'
import { createSoftwareKey, type DeviceOptions } from '@assay/testkit'
import type { Outcome } from '../world/outcome.ts'
import { callFrom } from '../world/call.ts'
import { refused } from '../world/outcome.ts'
import type { World } from '../world/world.ts'

/** Share of the code that is replaced. */
export const replacedShare = 0.02
/** After this many the chance that none suits is 10^-9. */
const mostChallenges = 100
/** Bytes of a fresh read, at most. The whole-code digest is read in longer pieces. */
const longestRead = 4096

/**
 * A client that lacks some of the registered bytes, and has the epoch's whole-code digest from an accomplice who has them
 * all. It asks for challenges until all fresh reads fall on the bytes that it has.
 */
export async function shopForChallenge(world: World): Promise<Outcome> {
  const key = createSoftwareKey()
  let challenges = 0
  while (challenges < mostChallenges) {
    const copy = incompleteCopy(world.builds.release.segments)
    const device = await world.device({ key, apk: copy.image, evidence: [] })
    try {
      const outcome = await callFrom(device, world.apis.orders, world)
      if (!copy.wasAskedForLostBytes()) return outcome
    } catch (error) {
      if (!copy.wasAskedForLostBytes()) throw error
    } finally {
      challenges += Math.max(1, device.exchanges.filter(({ path }) => path === paths.challenges).length)
      device.close()
    }
  }
  return refused(0, 'NO_CHALLENGE_SUITS')
}

/** The code image without some bytes in the middle of its largest segment. */
function incompleteCopy(segments: readonly MemorySegment[]) {
  const whole = memoryImage(segments)
  const total = whole.segments.reduce((sum, { length }) => sum + length, 0)
  const largest = whole.segments.reduce((best, each) => (each.length > best.length ? each : best))
  const from = Math.floor(largest.length / 2)
  const to = from + Math.ceil(total * replacedShare)
  let wasAsked = false
  const image: Exclude<DeviceOptions['apk'], Buffer> = {
    segments: whole.segments,
    read(name, offset, length) {
      const isLost = name === largest.name && offset < to && offset + length > from
      if (isLost && length <= longestRead) {
        wasAsked = true
        throw new Error('these bytes were replaced')
      }
      return whole.read(name, offset, length)
    },
  }
  return { image, wasAskedForLostBytes: () => wasAsked }
}
