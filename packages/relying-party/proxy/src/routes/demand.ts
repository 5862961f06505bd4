import type { Demand } from './route.ts'

/** A number must be one in the body too: `"5"` is not 5. */
export function meetsDemand(value: unknown, demand: Demand): boolean {
  switch (demand.kind) {
    case 'one_of':
      return demand.values.some((each) => each === value)
    case 'at_most':
      return typeof value === 'number' && value >= 0 && value <= demand.most
  }
}
