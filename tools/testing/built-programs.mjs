/** The programs that tests start are made of the sources that they test. */
export { buildPrograms as setup } from '../build-programs.mjs'
