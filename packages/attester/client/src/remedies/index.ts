export { remedyText } from './remedy-text.ts'
export type { RemedyTextOptions } from './remedy-text.ts'
export { remedyTexts } from './texts.ts'
export type { RemedyTexts } from './texts.ts'
