export { appId, bundleOf, pageName, setIosStage } from './ios/stage.ts'
export type { IosStage, PhoneOptions, SimulatedPhone } from './ios/stage.ts'
export type { Outcome, PhoneProcess } from './ios/phone-process.ts'
export { pause } from './ios/situation.ts'
