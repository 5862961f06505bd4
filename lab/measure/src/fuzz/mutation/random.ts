/** Numbers from a seed, so that a run can be repeated (xorshift32; nothing here is a secret). */
export interface Random {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number
  /** True once in `times` on average. */
  oneIn(times: number): boolean
  /** @throws RangeError for an empty list */
  pick<T>(list: readonly T[]): T
  bytes(length: number): Uint8Array
}

export function createRandom(seed: number): Random {
  // Zero is the one state that xorshift never leaves.
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) | 0 || 1
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  const below = (limit: number): number => next() % limit
  return {
    below,
    oneIn: (times) => below(times) === 0,
    pick(list) {
      if (list.length === 0) throw new RangeError('there is nothing to pick from')
      return list[below(list.length)] as (typeof list)[number]
    },
    bytes: (length) => Uint8Array.from({ length }, () => next() >>> 24),
  }
}
