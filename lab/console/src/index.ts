export { startLivelyService } from './lively-service.ts'
export type { LivelyService } from './lively-service.ts'
export { takeScreenshots } from './screenshots.ts'
