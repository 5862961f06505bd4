export { remedyText, remedyTexts } from '@assay/client/remedy-texts'
export type { RemedyTextOptions, RemedyTexts } from '@assay/client/remedy-texts'
