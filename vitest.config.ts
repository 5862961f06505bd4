import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { readSeedOptions } from './tools/testing/seed.ts'
import { SlowestFirst } from './tools/testing/slowest-first.ts'

const isOrdinary = process.env['ASSAY_SEED'] === undefined
const { seed, runs } = readSeedOptions(process.env)
// What was drawn holds for all processes of the run.
Object.assign(process.env, { ASSAY_SEED: String(seed), ASSAY_RUNS: String(runs) })

// Ends what hangs. Wide, because a machine with other work to do is not a fault: thirty seconds were too few at a load
// of 20. Twenty times the cases, as at night, may take twenty times as long.
const timeout = 240_000 * Math.max(1, runs / 100)

export default defineConfig({
  resolve: { conditions: ['@assay/source'] },
  ssr: { resolve: { conditions: ['@assay/source'] } },
  test: {
    include: ['{packages,apps,lab}/**/test/**/*.test.ts', 'tools/**/*.test.ts', 'tools/**/*.test.mjs'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    coverage: { provider: 'v8', include: ['packages/*/*/src/**/*.ts', 'apps/*/src/**/*.ts'] },
    // Most of a run was the start of a process for each file. No helper module may keep state that a second file would meet.
    isolate: false,
    // Tests wait for browsers, databases and compilers: with a worker a core, two cores were idle a third of the time.
    maxWorkers: availableParallelism() + 1,
    // With another seed the files come in another order: none may need what one before it left.
    sequence: isOrdinary ? { sequencer: SlowestFirst } : { shuffle: { files: true }, seed },
    globalSetup: [
      'tools/testing/announce-seed.ts',
      'tools/testing/built-programs.mjs',
      'tools/testing/temporary-files.ts',
    ],
    setupFiles: [
      'tools/testing/record-cost.ts',
      'tools/testing/seed-properties.ts',
      'tools/testing/same-globals.ts',
    ],
    testTimeout: timeout,
    hookTimeout: timeout,
    // One second, the default, is too short for what a loaded machine does in its own time.
    expect: { poll: { timeout: 60_000 } },
  },
})
