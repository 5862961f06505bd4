import type { Attack } from '../../attack.ts'
import { call } from '../../verdict.ts'
import { shop } from '../../world.ts'

export const unguardedRoute: Attack = {
  id: 'unguarded-route',
  title: 'A script finds an older route to the same data that nobody guards',
  oat: 'OAT-014',
  method: 'GET of a route that was there before the guard was',
  run: {
    assay: async ({ apis }) => ({
      attack: await call(apis.legacy, { path: shop.legacyOrders }),
    }),
  },
}
