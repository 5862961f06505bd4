import type { RequestListener } from 'node:http'
import type { Guard } from '@assay/guard'

/** Makes the orders API behind `guard`, the way its framework's users would. */
export type GuardedListener = (
  guard: Guard,
  legacyRoute: boolean,
) => RequestListener | Promise<RequestListener>
