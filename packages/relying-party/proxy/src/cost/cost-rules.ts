/** Largest number of units that is counted: sums of two stay exact. */
export const mostCounted = 2 ** 52

/** Where a cost is stated, and what is reserved before it is. */
export interface CostRules {
  readonly from: CostSource
  readonly reserve: ReservedCost
  /** Statuses of answers that cost nothing where they state no cost, such as refusals by the upstream. */
  readonly free: ReadonlySet<number>
  /** Money for one unit. */
  readonly price?: number | undefined
}

/** Sums over members of the answer's body, of which the largest that is stated counts, or a field of the answer. */
export type CostSource =
  | { readonly kind: 'body'; readonly sums: readonly (readonly CountedMember[])[] }
  | { readonly kind: 'field'; readonly name: string }

/** A number in the body, and how many units each counts for. */
export interface CountedMember {
  /** Reference tokens of a JSON pointer (RFC 6901), decoded. At least one. */
  readonly path: readonly string[]
  /** May be negative: some members include what others state. */
  readonly weight: number
  /** Counts 0 where it is missing or `null`. */
  readonly isOptional: boolean
  /** It states what the input costs, and streams state it before any output. */
  readonly isInput: boolean
}

/** The reservation for a request: the sum of all of it. */
export interface ReservedCost {
  readonly fixed: number
  /** For each byte of the body that is sent. */
  readonly perByte: number
  /** For each item of an array in the body, or each value that a path with `*` leads to. */
  readonly perItem: readonly { readonly path: readonly string[]; readonly units: number }[]
  /** Members of the body that bound the output, such as `max_tokens`: each that is there is added. */
  readonly members: readonly (readonly string[])[]
  /** Units instead where none of them is there, or one is no whole number. */
  readonly otherwise: number
}
