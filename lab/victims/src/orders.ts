/** What the shop's API answers: the same at every level of protection and under every framework. */
export const orders = {
  list: { status: 200, body: { orders: [{ id: 1, item: 'sku-1' }] } },
  placed: { status: 201, body: { id: 2 } },
} as const

/** `protected`: behind the protection. `open`: for everyone. `legacy`: an older route to the same data, for everyone. */
export const routes = {
  protected: '/v1',
  orders: '/v1/orders',
  open: '/health',
  legacy: '/legacy/orders',
} as const
