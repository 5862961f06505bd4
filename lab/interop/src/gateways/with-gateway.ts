import type { RequestListener } from 'node:http'
import path from 'node:path'
import { freePort, type Gateway } from '@assay/testkit'
import { closedBy, listen, temporaryFolder, type Listening } from '../subject/resources.ts'

/** The API that a gateway is in front of, the guard that it asks, and how it is configured. */
export interface Behind {
  readonly api: RequestListener
  readonly guard: RequestListener
  /** Default: one that is free. */
  readonly port?: number
  /** As in `Places` of the testkit, and likewise the next two. */
  readonly hidesToken?: boolean
  readonly page?: string
  readonly fails?: boolean
}

/** A gateway that runs. API and guard can be closed before it. */
export interface InFront {
  readonly url: string
  readonly port: number
  readonly api: Listening
  readonly guard: Listening
}

/** Starts API, guard and gateway, and ends them all when `use` has ended. */
export async function withGateway<T>(
  gateway: Gateway,
  { api, guard, ...more }: Behind,
  use: (running: InFront) => Promise<T>,
): Promise<T> {
  await using folder = await temporaryFolder(gateway.name)
  const socket = path.join(folder.path, 'guard.sock')
  await using served = await listen(api)
  await using asked = await listen(guard, socket)
  const places = {
    folder: folder.path,
    api: served.port,
    guard: socket,
    port: more.port ?? (await freePort()),
  }
  await using running = closedBy(await gateway.start({ ...more, ...places }), ({ stop }) => stop())
  const { port } = running
  return await use({ url: `http://127.0.0.1:${port}`, port, api: served, guard: asked })
}
