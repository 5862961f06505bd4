import type { RequestListener, ServerResponse } from 'node:http'
import { protect } from '@assay/guard/node'
import { orders, routes } from './orders.ts'
import type { GuardedListener } from './orders.ts'

/** `node:http` alone: routes are compared with the target as it was sent, and whatever is not open is guarded. */
export const onNode: GuardedListener = (guard, legacyRoute) => {
  const guarded = protect(guard, ({ method, url = '' }, response) => {
    if (url.split('?')[0] !== routes.orders) return answer(response, 404, {})
    const { status, body } = method === 'POST' ? orders.placed : orders.list
    answer(response, status, body)
  })
  const listener: RequestListener = (request, response) => {
    if (request.url === routes.open) return answer(response, 200, { ok: true })
    if (legacyRoute && request.url === routes.legacy) return answer(response, 200, orders.list.body)
    guarded(request, response)
  }
  return listener
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
