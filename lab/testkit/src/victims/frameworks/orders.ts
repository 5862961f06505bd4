import type { RequestListener } from 'node:http'
import type { Guard } from '@assay/guard'

/** What the shop's API answers: the same at every level of protection and under every framework. */
export const orders = {
  list: { status: 200, body: { orders: [{ id: 1, item: 'sku-1' }] } },
  /** The answer to a sign-in. */
  signedIn: { status: 200, body: { token: 'session-1' } },
  placed: { status: 201, body: { id: 2 } },
} as const

/** `protected`: behind the protection. `open`: for everyone. `legacy`: an older route to the same data, for everyone. */
export const routes = {
  protected: '/v1',
  orders: '/v1/orders',
  /** Under Express only, for an app that signs in. */
  sessions: '/v1/sessions',
  open: '/health',
  legacy: '/legacy/orders',
} as const

/** Makes the orders API behind `guard`, the way its framework's users would. */
export type GuardedListener = (
  guard: Guard,
  legacyRoute: boolean,
) => RequestListener | Promise<RequestListener>
