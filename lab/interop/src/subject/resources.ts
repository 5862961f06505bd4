import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'

/** Subjects hold their resources with `await using`, so that a case that fails or throws leaves nothing open. */

/** A server of this process. */
export interface Listening extends AsyncDisposable {
  readonly port: number
  readonly url: string
  /** Ends all connections as well. A second call does nothing. */
  close(): Promise<void>
}

/** @param socket path of a Unix socket; without it, a free port of this machine */
export async function listen(listener: RequestListener, socket?: string): Promise<Listening> {
  const server = createServer(listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    if (socket === undefined) server.listen(0, '127.0.0.1', resolve)
    else server.listen(socket, resolve)
  })
  const port = socket === undefined ? (server.address() as AddressInfo).port : 0
  const close = async () => {
    server.closeAllConnections()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  return { port, url: `http://127.0.0.1:${port}`, close, [Symbol.asyncDispose]: close }
}

/** Makes `close` the end of a resource that has a method of another name for it. */
export function closedBy<T extends object>(
  resource: T,
  close: (resource: T) => unknown,
): T & AsyncDisposable {
  return Object.assign(resource, {
    [Symbol.asyncDispose]: async () => {
      await close(resource)
    },
  })
}

/** An empty folder, removed with all that is in it. */
export async function temporaryFolder(name: string): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(os.tmpdir(), `assay-${name}-`))
  return closedBy({ path: folder }, () => rm(folder, { recursive: true, force: true }))
}
