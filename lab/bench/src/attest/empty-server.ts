import type { AddressInfo } from 'node:net'
import fastify from 'fastify'

/** The least that a Fastify server does for a POST: reads a JSON object and answers with one. */
const app = fastify({ logger: false })
app.post('/', () => ({}))
await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address() as AddressInfo
console.log(JSON.stringify({ url: `http://127.0.0.1:${address.port}/` }))
process.once('SIGTERM', () => void app.close())
