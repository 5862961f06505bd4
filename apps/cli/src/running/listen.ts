import { chmodSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isAbsolute } from 'node:path'
import { usageError } from '../faults/cli-error.ts'

/**
 * @param host an address, or the absolute path of a socket, which owner and group may then use
 * @returns where it listens, as a URL, or the path
 * @throws CliError `CLI_USAGE` where nothing can
 */
export async function listenAt(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    if (isAbsolute(host)) server.listen(host, resolve)
    else server.listen(port, host, resolve)
  }).catch(() => {
    throw usageError(
      'CLI_USAGE',
      `Nothing can listen at ${host}, port ${port}`,
      'Is the port in use? Choose another with --port.',
    )
  })
  // Whoever may write to a socket may ask.
  if (isAbsolute(host)) chmodSync(host, 0o660)
  const address = server.address()
  return typeof address === 'string' ? address : `http://${host}:${(address as AddressInfo).port}`
}
