export { sizeOfSdk } from './android/shrunk-dex.ts'
export type { AndroidSizes } from './android/shrunk-dex.ts'
export {
  benchCommand,
  buildAndroid,
  isBuilt,
  missingTool,
  phoneCommand,
  vectorRunner,
} from './android/tools.ts'
export type { BuildOutcome } from './android/tools.ts'
export { playAndroid } from './run-scenarios.ts'
export type { Played } from './scenarios/play-each.ts'
export { playIos } from './run-situations.ts'
export { iosSituations } from './ios/situations.ts'
export type { Situation } from './ios/situation.ts'
export { setIosStage } from './ios/stage.ts'
export type { IosStage } from './ios/stage.ts'
export { builtPhone, buildSwift, sizeOfModules } from './ios/toolchain.ts'
export type { ObjectSizes, SwiftBuild } from './ios/toolchain.ts'
export type { ProgramCommand } from './program/phone-program.ts'
export { measureReactNative } from './react-native/measure.ts'
export type { ReactNativeMeasurement } from './react-native/measure.ts'
export { playReactNative } from './react-native/play.ts'
export { buildReactNative } from './react-native/tools.ts'
export type { ReactNativeBuild, ReactNativeTools } from './react-native/tools.ts'
