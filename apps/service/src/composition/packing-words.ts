import { wordsOf } from '@assay/evidence'
import type { PackingWords } from '../storage/database/evidence-packing.ts'
import { productSchemes } from './product-schemes.ts'

/** What the stored claims of each scheme have in common. Assertions are never stored. */
export const packingWords: PackingWords = productSchemes
  .filter(({ asserts }) => asserts === undefined)
  .map(({ descriptor, claims }) => ({ format: descriptor.name, claims: wordsOf(claims) }))
