/** What tests start is made of the sources; what the CLI leaves to other packages is of the last `tsc -b`. */
export { buildPrograms as setup } from '../build-programs.mjs'
