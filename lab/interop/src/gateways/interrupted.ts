import type { RequestListener } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Gateway } from '@assay/testkit'
import type { CaseResult } from '../subject/subject.ts'
import { withGateway } from './with-gateway.ts'

/** How a caller goes away while the guard is asked. */
const departures: readonly (readonly [string, (socket: Socket) => unknown])[] = [
  ['a caller that resets its connection while the guard is asked', (socket) => socket.resetAndDestroy()],
  ['a caller that closes its side while the guard is asked', (socket) => socket.end()],
]

/** Milliseconds in which a gateway notices that a caller is gone, or hands on a request that it should not. */
const settled = 300

/** Milliseconds after which a gateway that has not asked never will. */
const patience = 20_000

/** Only the answer of the guard lets a request through: not the end of the question, however it ends. */
export async function runInterrupted(gateway: Gateway): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  for (const [name, depart] of departures) results.push({ name, fault: await departed(gateway, depart) })
  if (gateway.canFail === true)
    results.push({ name: 'a fault in what asks the guard', fault: await failed(gateway) })
  return results
}

/** The guard would refuse, and is slow to say so. */
async function departed(gateway: Gateway, depart: (socket: Socket) => unknown): Promise<string | undefined> {
  let onAsked = (): void => undefined
  const asked = new Promise<void>((resolve) => (onAsked = resolve))
  return unreached(gateway, false, 401, { onAsked, delay: settled }, async (port) => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    socket.resume().write(`GET /v1/orders HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
    const isAsked = await Promise.race([asked.then(() => true), setTimeout(patience, false, { ref: false })])
    if (!isAsked) return 'the guard was not asked'
    depart(socket)
    await pause(2 * settled)
    socket.destroy()
    return undefined
  })
}

async function failed(gateway: Gateway): Promise<string | undefined> {
  return unreached(gateway, true, 204, { onAsked: () => undefined, delay: 0 }, async (port) => {
    const { status } = await fetch(`http://127.0.0.1:${port}/v1/orders`)
    return status === 503 ? undefined : `${status}`
  })
}

/** @returns the fault that `run` finds, or that a request has reached the API */
async function unreached(
  gateway: Gateway,
  fails: boolean,
  status: number,
  { onAsked, delay }: { onAsked: () => void; delay: number },
  run: (port: number) => Promise<string | undefined>,
): Promise<string | undefined> {
  let reached = 0
  const api: RequestListener = (_request, response) => {
    reached++
    response.end('served')
  }
  const guard: RequestListener = (_request, response) => {
    onAsked()
    void pause(delay).then(() => response.writeHead(status, { 'Assay-App': 'com.example.app' }).end())
  }
  return withGateway(gateway, { api, guard, fails }, async ({ port }) => {
    const fault = await run(port)
    return reached === 0 ? fault : `${reached} requests reached the API`
  })
}

const pause = (milliseconds: number) => setTimeout(milliseconds)
