import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Acceptance, Malfunction, Refusal } from '../decision/decision.ts'
import type { Guard } from '../guard.ts'
import { functionOf, guardOf } from '../options/misuse.ts'
import { toGuardRequest } from './node-request.ts'

/**
 * Takes over the connection of an upgrade that was accepted. `assay.headers` belong into the answer to it: usually
 * none, otherwise the next nonce.
 */
export type UpgradeListener = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  assay: Acceptance,
) => unknown

/**
 * A listener for the event `upgrade` of an `http.Server`: upgrades (WebSocket) go past the middleware of Express and
 * past `protect`, so they have a guard of their own. The proof is for `GET` and the `https:` URL. What is not
 * accepted is answered and cut off; so is a connection whose listener throws or rejects.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) when `guard` or `listener` is invalid
 */
export function protectUpgrade(
  guard: Guard,
  listener: UpgradeListener,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  guardOf(guard)
  functionOf('listener', listener)
  return (request, socket, head) => {
    const drop = () => void socket.destroy()
    // Anyone who hangs up while the request is judged must not end the process.
    socket.on('error', drop)
    const judging = guard.verify(toGuardRequest(request)).then(async (decision) => {
      if (socket.destroyed) return
      if (!decision.ok) return refuse(socket, decision)
      socket.off('error', drop)
      await listener(request, socket, head, decision)
    })
    judging.catch((error: unknown) => {
      socket.destroy()
      throw error
    })
  }
}

function refuse(socket: Duplex, { status, headers, body }: Refusal | Malfunction): void {
  const text = JSON.stringify(body)
  const fields = {
    ...headers,
    'Content-Length': Buffer.byteLength(text),
    Connection: 'close',
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
  // Nothing else ends what the peer keeps half-open: no time limit of the server holds after an upgrade.
  socket.once('finish', () => socket.destroy())
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', text].join('\r\n'))
}
