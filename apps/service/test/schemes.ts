import { createPresets, vocabularyOf } from '@assay/appraisal'
import { productSchemes } from '../src/composition/product-schemes.ts'

export const vocabulary = vocabularyOf(productSchemes)
export const presetDocuments = createPresets(productSchemes).documents
