export { guides } from './guides.ts'
export type { Guide } from './guides.ts'
export { parseGuide } from './parse-guide.ts'
export type { Step, TerminalName } from './parse-guide.ts'
