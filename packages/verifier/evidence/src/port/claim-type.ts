/**
 * Types of claims, as far as a policy needs them. `opaque`: no expression can read it, such as bytes and keys. `counts`
 * are integers by name; `probes` the answers to probes by the name of the probe, and an answer may be of any kind.
 */
export type ClaimType =
  | { readonly kind: 'bool' | 'int' | 'counts' | 'probes' | 'opaque' }
  | StringType
  | { readonly kind: 'list'; readonly of: { readonly kind: 'int' } | StringType }
  | RecordType

/** If `values` are given there are no others, and comparing with another one is a mistake. */
export interface StringType<Value extends string = string> {
  readonly kind: 'string'
  readonly values?: readonly Value[]
}

export interface RecordType {
  readonly kind: 'record'
  readonly members: Members
}

/** Claims by name. */
export type Members = Readonly<Record<string, Member>>
export type Member = ClaimType | Optional

/** A claim that evidence may leave open: missing, or null. An expression must check `has(…)` first. */
export interface Optional<Type extends ClaimType = ClaimType> {
  readonly kind: 'optional'
  readonly of: Type
}

/** The type of a claim when it is present. */
export function typeOf(member: Member): ClaimType {
  return member.kind === 'optional' ? member.of : member
}
