import { createCliProcess } from '@assay/testkit'

/** The built CLI. */
export const cli = createCliProcess()
