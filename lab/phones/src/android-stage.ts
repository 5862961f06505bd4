export type { AndroidWorld } from './android/world.ts'
export { codeOf, describePhone, mustSucceed, reportedBy, startPhone } from './scenarios/scenario.ts'
export type { PhoneOptions, Stage } from './scenarios/scenario.ts'
export { withProgram } from './scenarios/play-scenarios.ts'
