import { once } from 'node:events'
import { chmodSync, lstatSync, rmSync } from 'node:fs'
import { createServer, request, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { InstallationUse, UsageSource } from '@assay/proxy'
import { cliError, usageError } from '../faults/cli-error.ts'

export const mostRows = 1_000

/**
 * Tells whoever may open the socket (mode 0600: this user alone) what installations have used. A file that nobody listens
 * at is taken over; any other is not.
 *
 * @throws CliError `CLI_USAGE`
 */
export async function serveUsage(socket: string, source: UsageSource): Promise<{ close(): Promise<void> }> {
  await makeWay(socket)
  const server = createServer((asked, response) => {
    const text = /^\/usage(?:\?top=(\d{1,4}))?$/.exec(asked.url ?? '')
    if (text === null) return void response.writeHead(400).end()
    const top = Number(text[1] ?? 1)
    source.usage(Math.min(Math.max(1, top), mostRows)).then(
      (installations) => {
        response.setHeader('Content-Type', 'application/json')
        response.end(JSON.stringify({ installations }))
      },
      () => response.writeHead(503).end(),
    )
  })
  // The file is made with the mode that this leaves: there is no moment at which others may open it.
  const before = process.umask(0o177)
  try {
    server.listen(socket)
    await once(server, 'listening')
    chmodSync(socket, 0o600)
  } catch {
    throw usageError('CLI_USAGE', `Nothing can listen at ${socket}`, 'Choose another --usage-socket.')
  } finally {
    process.umask(before)
  }
  return {
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function makeWay(socket: string): Promise<void> {
  const found = lstatSync(socket, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) throw usageError('CLI_USAGE', `${socket} is a file, and no socket`)
  const isTaken = await new Promise<boolean>((resolve) => {
    const trial = connect(socket, () => {
      trial.destroy()
      resolve(true)
    })
    trial.once('error', () => resolve(false))
  })
  if (isTaken)
    throw usageError(
      'CLI_USAGE',
      `Another process listens at ${socket}`,
      'Give each proxy a --usage-socket of its own.',
    )
  rmSync(socket)
}

/** What a proxy says that listens there. @throws CliError `CLI_PROXY_UNREACHABLE` */
export async function askUsage(socket: string, top: number): Promise<InstallationUse[]> {
  try {
    const asking = request({ socketPath: socket, path: `/usage?top=${top}`, timeout: 10_000 })
    asking.once('timeout', () => asking.destroy(new Error('no answer in time')))
    asking.end()
    const [answer] = (await once(asking, 'response')) as [IncomingMessage]
    const body = JSON.parse(await text(answer)) as { installations: InstallationUse[] }
    return body.installations
  } catch {
    throw cliError('CLI_PROXY_UNREACHABLE', `No proxy answers at ${socket}`)
  }
}
