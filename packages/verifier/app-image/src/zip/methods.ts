import { AppImageError } from '../errors/app-image-error.ts'
import type { Archive } from './archive.ts'

const stored = 0
const deflated = 8

/**
 * Refuses entries of other methods than stored and deflated. Android reads any other number as deflated, other tools do
 * not: what they show is not what devices run.
 *
 * @throws AppImageError `ZIP_METHOD`
 */
export function refuseUnusualMethods(archive: Archive): void {
  for (const { method } of archive.entries.values()) {
    if (method !== stored && method !== deflated) {
      throw new AppImageError('ZIP_METHOD')
    }
  }
}
