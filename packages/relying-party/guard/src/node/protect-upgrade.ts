import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Acceptance, Malfunction, Refusal } from '../decision/decision.ts'
import type { Guard } from '../guard.ts'
import { functionOf, guardOf } from '../options/misuse.ts'
import { toGuardRequest } from './node-request.ts'

/**
 * Takes over the connection of an accepted upgrade. Add `assay.headers` to its answer: usually none, otherwise the next
 * nonce.
 */
export type UpgradeListener = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  assay: Acceptance,
) => unknown

/**
 * A listener for the event `upgrade` of an `http.Server`: upgrades (WebSocket) bypass Express middleware and `protect`,
 * so they need a separate guard. The proof is for `GET` and the `https:` URL. A request that is not accepted is
 * answered and cut off; so is a connection whose listener throws or rejects.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) if `guard` or `listener` is invalid
 */
export function protectUpgrade(
  guard: Guard,
  listener: UpgradeListener,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  guardOf(guard)
  functionOf('listener', listener)
  return (request, socket, head) => {
    const drop = () => void socket.destroy()
    // A hang-up while the request is judged must not end the process.
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
  // Nothing else ends a connection that the peer keeps half-open: no time limit of the server applies after an upgrade.
  socket.once('finish', () => socket.destroy())
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', text].join('\r\n'))
}
