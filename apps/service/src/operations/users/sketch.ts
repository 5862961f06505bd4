/** Registers of a sketch, a byte each. */
export const registers = 1_024

/** Standard error of what a sketch counts, as a share: 1.04 / √{@link registers}. */
export const standardError = 0.033

/** Bits of a member after the ten that name its register: their zeros are counted. */
const otherBits = 38

/**
 * Adds a member to a HyperLogLog sketch (Ph. Flajolet et al., HyperLogLog: the analysis of a near-optimal cardinality
 * estimation algorithm, 2007): each register keeps the longest run of zeros among the members that it got.
 *
 * @param member 48 bits that nobody can choose, such as those of a keyed digest
 */
export function addToSketch(sketch: Uint8Array, member: number): void {
  const index = Math.floor(member / 2 ** otherBits)
  const rank = leadingZeros(member % 2 ** otherBits) + 1
  if (rank > (sketch[index] as number)) sketch[index] = rank
}

/** Adds what is in another sketch: afterwards it is the sketch of both. */
export function mergeSketches(sketch: Uint8Array, other: Uint8Array): void {
  for (let i = 0; i < registers; i++) {
    if ((other[i] as number) > (sketch[i] as number)) sketch[i] = other[i] as number
  }
}

/**
 * How many members a sketch has got, about: by the estimator of O. Ertl (New cardinality estimation algorithms for
 * HyperLogLog sketches, 2017, algorithm 6), which needs no tables and has no range in which it is biased.
 */
export function sketchedCount(sketch: Uint8Array): number {
  const times = new Array<number>(otherBits + 2).fill(0)
  for (const rank of sketch) times[rank] = (times[rank] as number) + 1
  let z = registers * tau(1 - (times[otherBits + 1] as number) / registers)
  for (let rank = otherBits; rank >= 1; rank--) z = 0.5 * (z + (times[rank] as number))
  z += registers * sigma((times[0] as number) / registers)
  return Math.round(registers ** 2 / (2 * Math.LN2 * z))
}

/** Of a number of {@link otherBits} bits. */
function leadingZeros(number: number): number {
  const low = otherBits - 32
  const high = Math.floor(number / 2 ** low)
  return high > 0 ? Math.clz32(high) : 32 + Math.clz32(number) - (32 - low)
}

/** x + Σ x^(2^k) 2^(k-1), Ertl's equation 12. */
function sigma(share: number): number {
  if (share === 1) return Infinity
  let [x, y, z, before] = [share, 1, share, -1]
  while (z !== before) {
    x *= x
    before = z
    z += x * y
    y += y
  }
  return z
}

/** ⅓ (1 - x - Σ (1 - x^(2^-k))² 2^-k), Ertl's equation 18. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0
  let [x, y, z, before] = [share, 1, 1 - share, -1]
  while (z !== before) {
    x = Math.sqrt(x)
    before = z
    y *= 0.5
    z -= (1 - x) ** 2 * y
  }
  return z / 3
}
