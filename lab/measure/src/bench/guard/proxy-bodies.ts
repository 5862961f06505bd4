import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { headerNames } from '@assay/protocol'
import type { Effort } from '../row/effort.ts'
import { alone, type BenchRow } from '../row/row.ts'
import { rounded } from '../row/statistics.ts'
import { issuerJwk, mintProof, mintToken, newInstallation, type Installation } from './minting.ts'

const perInstallation = 4
const all = { bodies: 2_000, heads: 3_000, others: 60 }
const path = '/v1/orders'
const megabyte = 1024 * 1024

/** The memory of a proxy to which direct callers send bodies slowly, and heads that never end. */
export async function proxyBodiesRow(effort: Effort): Promise<BenchRow> {
  const counts = effort(all, { bodies: 40, heads: 50, others: 2 })
  const upstream = createServer((request, response) => {
    void text(request).then(() => {
      response.setHeader('Content-Type', 'application/json')
      response.end('{"usage":{"total_tokens":1}}')
    })
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const at = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  const child = fork(new URL('./proxy-bodies-server.js', import.meta.url), [at, JSON.stringify(issuerJwk)])
  const sockets: Socket[] = []
  try {
    const [port] = (await once(child, 'message')) as [number]
    const idle = await peakOf(child)
    const open = (bytes: string) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
      socket.on('error', () => undefined)
      sockets.push(socket)
      return socket
    }
    // Made before, so that all of them are open at the same time.
    const heads = Array.from({ length: counts.bodies / perInstallation }, () => {
      const installation = newInstallation()
      const token = mintToken(installation).text
      return Array.from({ length: perInstallation }, () => headOf(installation, token, megabyte))
    }).flat()
    const bodies: Socket[] = []
    for (const head of heads) {
      bodies.push(open(`${head}{"text":"`))
      if (bodies.length % 20 === 0) await tick(2)
    }
    let answered = 0
    for (const socket of bodies) socket.on('data', () => (answered += 1))
    for (let i = 0; i < counts.heads; i += 1) {
      open(`POST ${path} HTTP/1.1\r\nHost: api.example.com\r\nX-Padding: ${'x'.repeat(8_000)}`)
      if (i % 50 === 0) await tick(2)
    }
    const refused = answered
    const other = newInstallation()
    const token = mintToken(other).text
    let served = 0
    for (let i = 0; i < counts.others; i += 1) {
      for (const socket of bodies) socket.write('x')
      if (await isServed(port, headOf(other, token, 14))) served += 1
      await tick(50)
    }
    const peak = await peakOf(child)
    return {
      id: 'proxy.bodies',
      value: rounded(peak),
      unit: 'MB',
      ...alone,
      facts: {
        covers: `peak resident size with ${counts.bodies} slow bodies of 1 MiB and ${counts.heads} unfinished heads of direct callers`,
        idle: `${rounded(idle)} MB`,
        others: `${served} of ${counts.others} requests of another installation served meanwhile`,
        refused: `${refused} of the slow bodies at once, ${answered} before they ended`,
      },
    }
  } finally {
    for (const socket of sockets) socket.destroy()
    child.disconnect()
    upstream.close()
  }
}

function headOf(installation: Installation, token: string, length: number): string {
  return [
    `POST ${path} HTTP/1.1`,
    'Host: api.example.com',
    'Content-Type: application/json',
    `Content-Length: ${length}`,
    `${headerNames.attestation}: ${token}`,
    `${headerNames.dpop}: ${mintProof(installation, path).text}`,
    '',
    '',
  ].join('\r\n')
}

async function isServed(port: number, head: string): Promise<boolean> {
  const socket = connect(port, '127.0.0.1', () => socket.write(`${head}{"text":"abc"}`))
  socket.on('error', () => undefined)
  const answer = await new Promise<string>((resolve) => {
    socket.once('data', (piece) => resolve(piece.toString()))
    socket.once('close', () => resolve(''))
  })
  socket.destroy()
  return answer.startsWith('HTTP/1.1 200')
}

async function peakOf(child: ChildProcess): Promise<number> {
  child.send('peak')
  const [kilobytes] = (await once(child, 'message')) as [number]
  return kilobytes / 1e3
}

const tick = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
