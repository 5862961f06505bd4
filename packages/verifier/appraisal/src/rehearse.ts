import type { ClaimType, Member, RecordType, Verified } from '@assay/evidence'
import { typeOf } from '@assay/evidence'
import { resultOf, type AppraisalInput, type AppraisalResult } from './appraise.ts'
import type { Vocabulary } from './vocabulary/vocabulary.ts'

/** Claims that were verified once. They have been stored since, so they are only valid for a rehearsal. */
export interface KeptClaims {
  readonly format: string
  readonly claims: Readonly<Record<string, unknown>>
}

export type Rehearsal = Omit<AppraisalInput, 'claims'> & { readonly claims: readonly KeptClaims[] }

/**
 * The result that kept claims would have under a policy, for counting: no token rests on this.
 *
 * @throws TypeError as `appraise`
 */
export function rehearse(rehearsal: Rehearsal): Pick<AppraisalResult, 'tier' | 'reasons'> {
  const { tier, reasons } = resultOf(rehearsal)
  return { tier, reasons }
}

/** Only what a policy can read of claims: no key, no digest that identifies a device, no bytes. */
export function claimsToKeep(claims: readonly Verified<unknown>[], { formats }: Vocabulary): KeptClaims[] {
  const known = [...formats.values()]
  return claims.flatMap(({ format, claims: all }) => {
    const type = known.find((each) => each.format === format)?.claims
    return type === undefined ? [] : [{ format, claims: readable(type, all) }]
  })
}

function readable({ members }: RecordType, value: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, member]) => {
      const own = memberOf(value, name)
      return own === undefined || own === null ? [] : keptMember(name, member, own)
    }),
  )
}

function keptMember(name: string, member: Member, value: unknown): [string, unknown][] {
  const type: ClaimType = typeOf(member)
  if (type.kind === 'opaque') return []
  return [[name, type.kind === 'record' ? readable(type, value) : value]]
}

function memberOf(value: unknown, name: string): unknown {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}
