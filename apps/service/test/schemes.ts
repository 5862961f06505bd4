import { createPresets, vocabularyOf } from '@assay/appraisal'
import { schemeDescriptions } from '../src/composition/platform.ts'

export const vocabulary = vocabularyOf(schemeDescriptions)
export const presetDocuments = createPresets(schemeDescriptions).documents
