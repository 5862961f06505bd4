import { fileURLToPath } from 'node:url'
import { createCliProcess } from '@assay/testkit'

/** The built CLI. */
export const cli = createCliProcess(
  fileURLToPath(import.meta.resolve('@assay/cli')).replace(/index\.js$/, 'main.js'),
)
