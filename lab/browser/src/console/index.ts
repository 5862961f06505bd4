export { startLivelyService } from './lively-service.ts'
export type { LivelyService } from './lively-service.ts'
export { signIn, takeScreenshots } from './screenshots.ts'
export { operatorOf } from './operator.ts'
