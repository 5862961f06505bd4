import { hash, randomBytes } from 'node:crypto'

const rows = 4
const cellsPerRow = 1 << 16

/** What is remembered about evicted token buckets: the time when each is full again, or somewhat later. */
export interface EvictedBuckets {
  /** @param fullAt milliseconds, by the clock of the buckets */
  record(key: string, fullAt: number): void
  /** Never earlier than what was recorded for the key; later if other keys share all its cells. */
  fullAt(key: string): number
}

/**
 * A count-min sketch of 2 MiB, whatever the number of keys: several rows of cells, in each of which a key has one. The
 * lowest value among the cells of a key counts. Nobody knows which keys share a cell, because the seed is secret.
 */
export function createEvictedBuckets(seed = randomBytes(16).toString('hex')): EvictedBuckets {
  let cells: Float64Array | undefined
  const placesOf = (key: string) => {
    const digest = hash('sha256', seed + key, 'buffer')
    return Array.from({ length: rows }, (_, row) => row * cellsPerRow + digest.readUInt16LE(row * 2))
  }
  return {
    record(key, fullAt) {
      cells ??= new Float64Array(rows * cellsPerRow)
      for (const place of placesOf(key)) cells[place] = Math.max(cells[place] as number, fullAt)
    },
    fullAt(key) {
      const known = cells
      return known === undefined ? 0 : Math.min(...placesOf(key).map((place) => known[place] as number))
    },
  }
}
