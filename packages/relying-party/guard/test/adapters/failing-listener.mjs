import { createServer } from 'node:http'
import { protect } from '@assay/guard/node'

// Everything is accepted: what counts is what the listener does.
const guard = { verify: async () => ({ ok: true, headers: {} }) }

const [way] = process.argv.slice(2)
const listener = () => {
  if (way === 'throws') throw new Error('out of stock')
  return Promise.reject(new Error('out of stock'))
}
const server = createServer(protect(guard, listener))
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
