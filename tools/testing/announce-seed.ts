import { readSeedOptions } from './seed.ts'

/** Runs once, before the first test file: says how to repeat the run. */
export function setup(): void {
  const { seed, runs } = readSeedOptions(process.env)
  console.log(
    `seed ${seed}, ${runs} cases for each property (to repeat: ASSAY_SEED=${seed} ASSAY_RUNS=${runs})`,
  )
}
