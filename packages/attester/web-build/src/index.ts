export { assayBuild } from './plugin.ts'
export { WebBuildError } from './web-build-error.ts'
export type { AssayBuildOptions } from './options.ts'
export type { RegisterOptions } from './register.ts'
