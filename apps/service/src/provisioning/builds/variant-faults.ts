import { ProblemError } from '../../faults/problem-error.ts'

/** What stands against a variant, as `errors` of `variant_refused` names it. */
export interface VariantFault {
  pointer:
    | '/version_code'
    | '/base'
    | '/format'
    | '/debuggable'
    | '/coverage'
    | '/signers'
    | '/segments'
    | '/sdk'
    | '/state'
    | '/replace'
    | '/variant'
    | '/image_digest'
    | '/shape'
  code: 'other' | 'less' | 'pending' | 'taken' | 'too_many' | 'same' | 'last' | 'admin'
}

export function variantFault(pointer: VariantFault['pointer'], code: VariantFault['code']): VariantFault {
  return { pointer, code }
}

export function refusedVariant(...errors: VariantFault[]): ProblemError {
  return new ProblemError('variant_refused', { errors })
}
