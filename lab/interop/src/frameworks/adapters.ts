import type { Guard } from '@assay/guard'
import { requireAttestation as onExpress } from '@assay/guard/express'
import { attestation } from '@assay/guard/fastify'
import { requireAttestation as onHono } from '@assay/guard/hono'
import { attestedFields, authRequestListener, protect } from '@assay/guard/node'
import type { Adapter } from '@assay/vectors/requests'
import { listen } from '../subject/resources.ts'

/* eslint-disable @typescript-eslint/no-explicit-any -- several majors of each framework, so there are no types that fit all of them */
/* oxlint-disable typescript/no-unsafe-call, typescript/no-unsafe-member-access, typescript/no-unsafe-assignment, typescript/no-unsafe-argument, typescript/no-unsafe-return -- likewise */

/** Node's own parser: neither a path nor an absolute URL. */
const notInNode = ['request: a target without its slash']
/** Fastify has no route for methods that it does not know. */
export const notInFastify4 = [...notInNode, 'proof: for a method of its own']
/** Since its version 5, its router refuses a path that begins with several slashes. */
export const notInFastify = [...notInFastify4, 'normal form: a target whose URL has no host']
/** Hono's server makes a `URL` of the target: some it refuses, and in others it resolves the dots, for guard and routes alike. */
export const notInHono = [
  ...notInNode,
  'request: the target *',
  'request: a target of another scheme',
  'request: dot segments',
  'normal form: a backslash on both sides',
]
/** The server of its time takes an absolute target for a path, and has no methods of its own. */
export const notInHono3 = [
  ...notInNode,
  'request: the target *',
  'request: an absolute target, whose host does not count',
  'request: an absolute target without a path',
  'proof: for a method of its own',
]

/** Node itself, with `protect`. */
export const onNode: Adapter = {
  leavesOut: notInNode,
  start: (guard, reached) =>
    listen(
      protect(guard, (_request, response, assay) => {
        reached()
        response.end(JSON.stringify(assay))
      }),
    ),
}

/** `assay guard serve`, asked with the request itself. */
export const authRequest: Adapter = {
  leavesOut: notInNode,
  served: 204,
  start: (guard, reached) => {
    const counting: Guard = {
      ...guard,
      async verify(request) {
        const decision = await guard.verify(request)
        if (decision.ok) reached()
        return decision
      },
    }
    return listen(authRequestListener(counting, { itself: true }))
  },
  attestedOf: ({ fields }) =>
    Object.fromEntries(
      Object.entries(attestedFields).map(([member, name]) => [
        member === 'holderKey' ? 'holder_key' : member,
        fields[name.toLowerCase()]?.[0],
      ]),
    ),
}

/** Express 4 and 5: half of the API under a mount point, the rest at the root. */
export function onExpressApp(express: any): Adapter {
  return {
    onBroken: 500,
    leavesOut: notInNode,
    start: (guard, reached) => {
      const api = express()
      const mounted = express.Router()
      const handler = (request: any, response: any) => {
        reached()
        response.json(request.assay)
      }
      mounted.use(onExpress(guard), handler)
      api.use('/v1', mounted)
      api.use(onExpress(guard), handler)
      api.use((_error: unknown, _request: any, response: any, _next: unknown) => response.status(500).end())
      return listen(api)
    },
  }
}

/** Fastify 4 and 5, as a plugin. */
export function onFastifyApp(fastify: any, leavesOut: readonly string[]): Adapter {
  return {
    onBroken: 500,
    leavesOut,
    async start(guard, reached) {
      const api = fastify()
      await api.register(attestation as any, { guard })
      api.all('*', async (request: any) => {
        reached()
        return request.assay
      })
      await api.listen({ port: 0, host: '127.0.0.1' })
      return { port: api.server.address().port, close: () => api.close() }
    },
  }
}

/** Hono 3 and 4, behind its server for Node. */
export function onHonoApp({ Hono }: any, serve: any, leavesOut: readonly string[]): Adapter {
  return {
    leavesOut,
    onBroken: 500,
    async start(guard, reached) {
      const api = new Hono()
      api.use('*', onHono(guard))
      api.all('*', (context: any) => {
        reached()
        return context.json(context.get('assay'))
      })
      api.onError((_error: unknown, context: any) => context.text('', 500))
      const server: any = await new Promise((resolve) => {
        const started = serve({ fetch: api.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(started))
      })
      return {
        port: server.address().port,
        close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
      }
    },
  }
}
/* eslint-enable */
/* oxlint-enable */
