export { buildAndroid, isBuilt, missingTool, vectorRunner } from './android/tools.ts'
export type { BuildOutcome } from './android/tools.ts'
export { playAndroid } from './run-scenarios.ts'
export type { Played } from './run-scenarios.ts'
