import { randomUUID } from 'node:crypto'
import { forgeProof, type SoftwareKey } from '@assay/testkit'
import type { Attempt } from '../attack/attack.ts'
import { present } from '../world/call.ts'
import type { ProxiedApis, ProxiedRoute, Target, World } from '../world/world.ts'

/** What the route of every API behind `assay guard proxy` takes here. */
export const path = '/v1/messages'

/** A genuine installation: its token, and its key. */
export interface Phone {
  readonly token: string
  readonly key: SoftwareKey
}

/** APIs behind one or more proxies, as long as they are used. */
export async function withProxied(
  world: World,
  route: ProxiedRoute,
  nodes: number,
  use: (proxied: ProxiedApis) => Promise<Attempt>,
): Promise<Attempt> {
  const proxied = await world.startProxied(route, nodes)
  try {
    return await use(proxied)
  } finally {
    await proxied.stop()
  }
}

export async function installed(world: World, options: Parameters<World['device']>[0] = {}): Promise<Phone> {
  const device = await world.device(options)
  try {
    const { token } = await device.client.getToken(world.apis.orders.url)
    return { token, key: device.key }
  } finally {
    device.close()
  }
}

/** The fields of a request with a proof of its own, and the name by which the log knows it. */
export function fieldsFor(target: Target, { token, key }: Phone) {
  const id = randomUUID()
  const proof = forgeProof(key, 'POST', target.url + path)
  return { id, headers: { ...present(token, proof), 'content-type': 'application/json', 'x-request-id': id } }
}
