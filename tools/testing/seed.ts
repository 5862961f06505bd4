/**
 * The one seed of a test run, and how many cases each property tries. An ordinary run is the same each time; the
 * nightly run (`.ci/nightly`) draws another seed, takes the test files in the order that follows from it, and tries more cases.
 *
 * `ASSAY_SEED`: a whole number of 32 bits, or `random`. `ASSAY_RUNS`: cases for each property.
 */
import { randomInt } from 'node:crypto'

export interface SeedOptions {
  readonly seed: number
  /** Cases that each property tries unless it states a number of its own. */
  readonly runs: number
}

/** @throws TypeError for a seed or a number of cases that is invalid */
export function readSeedOptions(env: Readonly<Record<string, string | undefined>>): SeedOptions {
  return { seed: seedOf(env['ASSAY_SEED'] ?? '20261127'), runs: runsOf(env['ASSAY_RUNS'] ?? '100') }
}

function seedOf(text: string): number {
  if (text === 'random') return randomInt(1, 2 ** 31)
  const seed = Number(text)
  if (!/^-?\d+$/.test(text) || (seed | 0) !== seed)
    throw new TypeError(`ASSAY_SEED must be a whole number of 32 bits or "random"`)
  return seed
}

function runsOf(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new TypeError('ASSAY_RUNS must be a whole number from 1 to 9999999')
  return Number(text)
}
