import { readSeedOptions } from './seed.ts'

/** Runs once, before the first test file: settles the seed for all processes of the run, and says how to repeat it. */
export function setup(): void {
  const { seed, runs } = readSeedOptions(process.env)
  process.env['ASSAY_SEED'] = String(seed)
  process.env['ASSAY_RUNS'] = String(runs)
  console.log(
    `seed ${seed}, ${runs} cases for each property (to repeat: ASSAY_SEED=${seed} ASSAY_RUNS=${runs})`,
  )
}
