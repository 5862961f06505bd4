import Fastify from 'fastify'
import { attestation } from '@assay/guard/fastify'
import { orders, routes } from './orders.ts'
import type { GuardedListener } from './orders.ts'

/** Fastify 5: the guard is a plugin of the scope that holds the protected routes. */
export const onFastify: GuardedListener = async (guard, legacyRoute) => {
  const app = Fastify()
  app.get(routes.open, async () => ({ ok: true }))
  if (legacyRoute) app.get(routes.legacy, async () => orders.list.body)
  await app.register(async (scope) => {
    await scope.register(attestation, { guard })
    scope.get(routes.orders, async () => orders.list.body)
    scope.post(routes.orders, async (_request, reply) =>
      reply.code(orders.placed.status).send(orders.placed.body),
    )
  })
  await app.ready()
  return app.routing
}
