import os from 'node:os'
import path from 'node:path'

/** Where Stryker writes what came of a format. */
export const resultOf = (format) => `node_modules/.cache/mutation/${format}.json`

/** Every mutation that Stryker knows, of one evidence format, against that format's own tests. */
export const optionsFor = (format) => ({
  mutate: [`packages/verifier/evidence/src/${format}/**/*.ts`],
  testRunner: 'in-process',
  plugins: ['./tools/mutation/test-runner.mjs'],
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // Not below the root, where tools that run beside it would find a second copy of everything.
  tempDirName: path.join(os.tmpdir(), 'assay-mutation'),
  reporters: ['progress-append-only', 'json'],
  jsonReporter: { fileName: resultOf(format) },
  ignorePatterns: ['coverage', 'docs', '**/dist', '{apps,lab}/*/{src,test,corpus}'],
  disableTypeChecks: true,
  timeoutMS: 30_000,
})
