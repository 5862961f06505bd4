import type { RequestListener } from 'node:http'
import express, { type RequestHandler } from 'express'
import { requireAttestation } from '@assay/guard/express'
import { orders, routes } from './orders.ts'
import type { GuardedListener } from './orders.ts'

/** The orders API on Express 5, with any protection in front of its protected routes. */
export function expressOrders(protection: RequestHandler, legacyRoute = false): RequestListener {
  const app = express()
  app.disable('x-powered-by')
  app.get(routes.open, (_request, response) => void response.json({ ok: true }))
  app.use(routes.protected, protection)
  app.get(routes.orders, (_request, response) => void response.json(orders.list.body))
  app.post(routes.orders, (_request, response) => {
    response.status(orders.placed.status).json(orders.placed.body)
  })
  app.post(routes.sessions, (_request, response) => void response.json(orders.signedIn.body))
  if (legacyRoute) app.get(routes.legacy, (_request, response) => void response.json(orders.list.body))
  return (request, response) => void app(request, response)
}

export const onExpress: GuardedListener = (guard, legacyRoute) =>
  expressOrders(requireAttestation(guard), legacyRoute)
