import type { SchemeDescription } from '../port/scheme.ts'
import { softwareClaims } from './claims.ts'
import { descriptor } from './descriptor.ts'

/** What is known about measurements. Every attestation has one, so they belong to every vocabulary, and to no app's settings. */
export const measurement: Pick<SchemeDescription, 'descriptor'> & { readonly claims: typeof softwareClaims } =
  {
    descriptor,
    claims: softwareClaims,
  }
