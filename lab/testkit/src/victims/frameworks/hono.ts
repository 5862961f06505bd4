import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { requireAttestation, type AttestationVariables } from '@assay/guard/hono'
import { orders, routes } from './orders.ts'
import type { GuardedListener } from './orders.ts'

/** Hono 4 on Node: the guard is a middleware of the protected paths. */
export const onHono: GuardedListener = (guard, legacyRoute) => {
  const app = new Hono<{ Variables: AttestationVariables }>()
  app.get(routes.open, (c) => c.json({ ok: true }))
  app.use(`${routes.protected}/*`, requireAttestation(guard))
  app.get(routes.orders, (c) => c.json(orders.list.body))
  app.post(routes.orders, (c) => c.json(orders.placed.body, orders.placed.status))
  if (legacyRoute) app.get(routes.legacy, (c) => c.json(orders.list.body))
  // Others in this process keep the `Request` and `Response` of the engine.
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  return (request, response) => void listener(request, response)
}
