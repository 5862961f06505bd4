/** The most runs for one input, so that shrinking is quick. */
const mostRuns = 4000

/**
 * A shorter input that still shows the fault. It leaves out pieces, large ones first, while the fault remains.
 *
 * @param shows whether an input shows the fault
 */
export async function shrink(
  input: Uint8Array,
  shows: (input: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  let shortest = Uint8Array.from(input)
  let left = mostRuns
  for (let piece = shortest.length >> 1; piece >= 1 && left > 0; piece >>= 1) {
    for (let at = 0; at < shortest.length && left > 0; left--) {
      const shorter = without(shortest, at, piece)
      if (await shows(shorter)) shortest = shorter
      else at += piece
    }
  }
  return shortest
}

function without(bytes: Uint8Array, at: number, length: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(bytes.length - Math.min(length, bytes.length - at))
  result.set(bytes.subarray(0, at))
  result.set(bytes.subarray(at + length), at)
  return result
}
