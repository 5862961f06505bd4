export type Scalar = string | number | boolean

/** A demand on a member of a JSON body. */
export type Demand =
  | { readonly kind: 'one_of'; readonly values: readonly Scalar[] }
  | { readonly kind: 'at_most'; readonly most: number }
  | { readonly kind: 'absent' }

/** A number must be one in the body too: `"5"` is not 5. */
export function meetsDemand(value: unknown, demand: Demand): boolean {
  switch (demand.kind) {
    case 'one_of':
      return demand.values.some((each) => each === value)
    case 'at_most':
      return typeof value === 'number' && value >= 0 && value <= demand.most
    case 'absent':
      return value === undefined
  }
}
