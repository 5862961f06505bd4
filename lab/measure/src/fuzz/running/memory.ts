/** Bytes in use after a garbage collection. Needs `--expose-gc`. */
export function bytesInUse(): number {
  if (globalThis.gc === undefined) throw new Error('the process was started without --expose-gc')
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/**
 * Whether memory grows with the number of inputs: between every two of the measurements, by more than measuring
 * itself makes it vary.
 *
 * @param measured bytes in use, with `inputs` inputs between every two
 */
export function growsSteadily(measured: readonly number[], inputs: number): boolean {
  const least = 256 * 1024 + 16 * inputs
  return (
    measured.length > 1 &&
    measured.every((bytes, i) => i === 0 || bytes - (measured[i - 1] as number) > least)
  )
}
