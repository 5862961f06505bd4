/** Name of the global under which the instrumented files count. */
export const coverageVariable = '__assay_fuzz_coverage__'
