/** Largest number of units that is counted: sums of two stay exact. */
export const mostCounted = 2 ** 52

/** Where a cost is stated, and what is reserved before it is. */
export interface CostRules {
  readonly from: CostSource
  readonly reserve: ReservedCost
  /** Statuses of answers that cost nothing where they state no cost, such as refusals by the upstream. */
  readonly free: ReadonlySet<number>
}

/** A sum over members of the answer's body, or a field of the answer. */
export type CostSource =
  | { readonly kind: 'body'; readonly members: readonly CountedMember[] }
  | { readonly kind: 'field'; readonly name: string }

/** A number in the body, and how many units each counts for. */
export interface CountedMember {
  /** Reference tokens of a JSON pointer (RFC 6901), decoded. At least one. */
  readonly path: readonly string[]
  readonly weight: number
}

export interface ReservedCost {
  /** Units that are always reserved, beside the member. */
  readonly units: number
  /** Reference tokens of the member of the request's body that is reserved besides, such as `max_tokens`. */
  readonly member?: readonly string[] | undefined
  /** Units instead of the member where the body has no such number. */
  readonly otherwise: number
}
