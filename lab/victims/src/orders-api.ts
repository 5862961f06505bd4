import type { AddressInfo } from 'node:net'
import express, { type RequestHandler } from 'express'

/** An API on loopback. */
export interface RunningApi {
  url: string
  close(): Promise<void>
}

/** A shop's API: what it answers is the same at every level of protection, only the handler in front differs. */
function ordersApi(protection: RequestHandler): express.Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(protection)
  app.get('/v1/orders', (_request, response) => {
    response.json({ orders: [{ id: 1, item: 'sku-1' }] })
  })
  app.post('/v1/orders', (_request, response) => {
    response.status(201).json({ id: 2 })
  })
  return app
}

/** Listens first, so that the protection can be told the URL under which it is reached. */
export async function startOrdersApi(protect: (url: string) => RequestHandler): Promise<RunningApi> {
  let handler: RequestHandler = (_request, response) => void response.status(503).end()
  const app = ordersApi((request, response, next) => handler(request, response, next))
  const server = app.listen(0, '127.0.0.1')
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  handler = protect(url)
  return {
    url,
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections()
        server.close((error) => (error === undefined ? resolve() : reject(error)))
      }),
  }
}
