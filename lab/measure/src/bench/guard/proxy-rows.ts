import { fork, type ChildProcess } from 'node:child_process'
import { verify } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { headerNames } from '@assay/protocol'
import { checkConfig, checkForm, createMemoryMeter, createProxy, MeterJournal, Secrets } from '@assay/proxy'
import { Agent } from 'undici'
import type { Effort } from '../row/effort.ts'
import { interleaved, oneRound, type Rounds } from '../row/interleaved.ts'
import { alone, type BenchRow } from '../row/row.ts'
import { rounded } from '../row/statistics.ts'
import type { RowId } from '../row/table.ts'
import { held, newGuard } from './known-guard.ts'
import {
  app,
  audience,
  issuer,
  mintProof,
  mintToken,
  newInstallation,
  now,
  type Installation,
} from './minting.ts'
import type { PeerWork } from './proxy-peer-server.ts'

const secret = 'sk-of-the-benchmark-0001'
const rounds = { counted: 61, warmUp: 30 }
const streamRounds = { counted: 21, warmUp: 8 }
/** Calls that one message asks for, so that the message itself hardly counts. */
const batch = 32

/** What a proxy costs beside the library that it is made of. */
export async function proxyRows(effort: Effort): Promise<BenchRow[]> {
  const peer = await startPeer()
  const installation = newInstallation()
  const proxy = await startProxy(peer.upstream)
  const bare = await startBare(peer.upstream, installation)
  try {
    const calls = (path: string, count: number) => callsOf(installation, path, count)
    return [
      await requestRow(peer, proxy, bare, calls, effort(rounds, oneRound)),
      await streamRow(peer, proxy, bare, calls, effort(streamRounds, oneRound)),
      await memoryRow(peer, proxy, calls, effort(90, 10)),
    ]
  } finally {
    await proxy.close()
    await bare.close()
    peer.stop()
  }
}

type Calls = (path: string, count: number) => PeerWork['calls']

interface Running {
  readonly port: number
  close(): Promise<void>
}

async function requestRow(
  peer: Peer,
  proxy: Running,
  bare: Running,
  calls: Calls,
  rounds: Rounds,
): Promise<BenchRow> {
  const path = '/v1/orders'
  const times = await interleaved(rounds, () => [calls(path, 2 * batch)], {
    proxied: (all) => peer.ask({ port: proxy.port, path, calls: all.slice(0, batch), lanes: 4 }),
    bare: (all) => peer.ask({ port: bare.port, path, calls: all.slice(batch), lanes: 4 }),
  })
  return rowOf('proxy.request', times, batch, {
    covers: 'known token, 1 kB each way, keep-alive on both sides, meter in memory with its journal',
    callsPerRound: batch,
  })
}

async function streamRow(
  peer: Peer,
  proxy: Running,
  bare: Running,
  calls: Calls,
  rounds: Rounds,
): Promise<BenchRow> {
  const path = '/v1/events'
  const times = await interleaved(rounds, () => [calls(path, 2)], {
    proxied: (all) => peer.ask({ port: proxy.port, path, calls: all.slice(0, 1), lanes: 1 }),
    bare: (all) => peer.ask({ port: bare.port, path, calls: all.slice(1), lanes: 1 }),
  })
  return rowOf('proxy.stream', times, 1, {
    covers: '1,000 events of 1 kB, as fast as they come',
  })
}

/** A quarter of the readers are slow. */
async function memoryRow(peer: Peer, { port }: Running, calls: Calls, further: number): Promise<BenchRow> {
  const path = '/v1/large'
  const streams = (count: number) => {
    const all = calls(path, count).map((call, at) => ({ ...call, isSlow: at % 4 === 0 }))
    return peer.ask({ port, path, calls: all, lanes: 10 })
  }
  await streams(10)
  const [before, resident] = [await held(), process.memoryUsage().rss / 1e6]
  await streams(further)
  const after = await held()
  return {
    id: 'proxy.memory',
    value: rounded(after - before),
    unit: 'MB',
    ...alone,
    facts: {
      covers: 'what is held after 100 streams of 10 MB, beside that after 10; every fourth reader is slow',
      resident: `${rounded(resident)} MB after 10 streams, ${rounded(process.memoryUsage().rss / 1e6)} MB after 100`,
    },
  }
}

function rowOf(
  id: RowId,
  times: Awaited<ReturnType<typeof interleaved<unknown, 'proxied' | 'bare'>>>,
  calls: number,
  facts: NonNullable<BenchRow['facts']>,
): BenchRow {
  return {
    id,
    value: rounded(times.median('proxied') / calls),
    unit: 'us',
    bare: rounded(times.median('bare') / calls),
    ratio: rounded(times.ratio('proxied', 'bare')),
    peer: null,
    peerValue: null,
    peerRatio: null,
    facts,
  }
}

function callsOf(installation: Installation, path: string, count: number): PeerWork['calls'] {
  const token = mintToken(installation).text
  return Array.from({ length: count }, () => ({
    fields: {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      'User-Agent': 'okhttp/5.3.0',
      [headerNames.attestation]: knownToken.get(installation) ?? remember(installation, token),
      [headerNames.dpop]: mintProof(installation, path).text,
    },
  }))
}

/** One for each installation: the guard and its cache know it. */
const knownToken = new WeakMap<Installation, string>()

function remember(installation: Installation, token: string): string {
  knownToken.set(installation, token)
  return token
}

async function startProxy(upstream: string): Promise<Running> {
  const inject = { fields: { 'x-api-key': { environment: 'KEY' } } }
  const meter = {
    installation: { requests: ['1000000000/day'], streams: 100 },
    network: { requests: ['1000000000/day'] },
  }
  const form = checkForm({
    issuer,
    audience,
    apps: [app],
    tiers: ['warning'],
    routes: [{ name: 'all', methods: ['POST'], path: '/v1/*', upstream, inject, meter }],
  })
  const files = { version: () => '', read: () => '' }
  const config = checkConfig(form, new Secrets({ files, env: { KEY: secret }, onEvent: () => undefined }))
  const clock = () => now * 1000
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'))
  const journal = MeterJournal.open(join(folder, 'meter.journal'))
  const syncing = setInterval(() => void journal.tick(), 1_000)
  const proxy = createProxy({
    config,
    guard: newGuard({ clock }),
    meter: createMemoryMeter({ rules: config.meterRules, clock, journal }),
    clock,
    onExchange: ({ code }) => {
      if (code !== null) throw new Error(`a call of the benchmark was refused: ${code}`)
    },
    onFault: (fault) => {
      throw fault
    },
  })
  return {
    port: await portOf(proxy.server),
    async close() {
      await proxy.stop(0)
      clearInterval(syncing)
      journal.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** The same libraries with the same fields, and one verification of the proof. Nothing else is checked. */
async function startBare(upstream: string, { publicKey }: Installation): Promise<Running> {
  const agent = new Agent({ pipelining: 1, connections: null })
  const server = createServer((request, response) => {
    verifyProof(request)
    const { host: _h, connection: _c, dpop: _d, 'oauth-client-attestation': _o, ...headers } = request.headers
    agent
      .request({
        origin: upstream,
        path: request.url ?? '/',
        method: 'POST',
        headers: { ...headers, 'x-api-key': secret },
        body: request,
      })
      .then(
        (answer) => {
          const { connection: _1, 'keep-alive': _2, 'transfer-encoding': _3, ...fields } = answer.headers
          response.writeHead(answer.statusCode, { ...fields, 'cache-control': 'private, no-store' })
          pipeline(answer.body, response, () => undefined)
        },
        () => response.destroy(),
      )
  })
  const verifyProof = (request: IncomingMessage) => {
    const proof = String(request.headers['dpop'])
    const end = proof.lastIndexOf('.')
    const signature = Buffer.from(proof.slice(end + 1), 'base64url')
    const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const
    if (!verify('sha256', Buffer.from(proof.slice(0, end)), key, signature)) throw new Error('bad signature')
  }
  const port = await portOf(server)
  return {
    port,
    async close() {
      server.closeAllConnections()
      server.close()
      await agent.destroy()
    },
  }
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

interface Peer {
  readonly upstream: string
  ask(work: PeerWork): Promise<void>
  stop(): void
}

async function startPeer(): Promise<Peer> {
  const child: ChildProcess = fork(new URL('./proxy-peer-server.js', import.meta.url))
  const [port] = (await once(child, 'message')) as [number]
  return {
    upstream: `http://127.0.0.1:${port}`,
    async ask(work) {
      child.send(work)
      const [answer] = (await once(child, 'message')) as [string]
      if (answer !== 'done') throw new Error(answer)
    },
    stop: () => child.disconnect(),
  }
}
