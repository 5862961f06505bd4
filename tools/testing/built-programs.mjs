/** Builds the programs that tests start from the sources; the packages that the CLI loads are those of the last `tsc -b`. */
export { buildPrograms as setup } from '../build-programs.mjs'
