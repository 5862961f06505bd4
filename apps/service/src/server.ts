import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ServiceError } from './service-error.ts'

/** Starts to listen. @returns the address, as a URL without path. @throws ServiceError `SERVICE_ADDRESS` */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    throw new ServiceError('SERVICE_ADDRESS', 'the address cannot be listened on', { cause })
  }
  return addressOf(app)
}

/** Where it listens, as a URL without path. */
export function addressOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
