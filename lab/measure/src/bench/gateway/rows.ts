import { execFile, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { Agent, createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { headerNames } from '@assay/protocol'
import { cpuOfProcess, freePort, gateways, type Gateway, type RunningGateway } from '@assay/testkit'
import { issuerJwk, mintProof, mintToken, newInstallation } from '../guard/minting.ts'
import type { Effort } from '../row/effort.ts'
import { oneRound } from '../row/interleaved.ts'
import { NotRunError, type BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import type { ListenerWork } from './listener-server.ts'

const allRounds = { warmUp: 12, counted: 41 }
const requestsPerRound = 200
const lanes = 4
const target = '/v1/orders'

/**
 * `gateway.nginx`, `gateway.haproxy`: CPU time of a gateway and the guard that it asks, for one request that is served, as
 * `deploy/gateways` configures them: kept connections, a Unix socket between the two. Callers and API are in another
 * process, which does not count. TLS is left out: it would add the same to both.
 */
export async function gatewayRow(name: 'nginx' | 'haproxy', effort: Effort): Promise<BenchRow> {
  const gateway = gateways.find((each) => each.name === name) as Gateway
  const [program = '', ...args] = gateway.version
  const isThere = await promisify(execFile)(program, args).catch(() => undefined)
  if (isThere === undefined) throw new NotRunError(`${program} is not installed`)
  const { warmUp, counted: rounds } = effort(allRounds, oneRound)
  const installation = newInstallation()
  const token = mintToken(installation).text
  const proofs = () => Array.from({ length: requestsPerRound }, () => mintProof(installation, target).text)
  const api = createServer(
    (request, response) => void request.resume().on('end', () => response.end('served')),
  )
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-gateway-'))
  const measured: MeasuredGateway[] = []
  const agent = new Agent({ keepAlive: true, maxSockets: lanes })
  try {
    const start = async (kind: ListenerWork['kind']) => {
      const work = { kind, settings: gateway.settings, issuerJwk, installation: installation.jwk }
      const one = await startMeasured(
        gateway,
        work,
        path.join(folder, kind),
        (api.address() as AddressInfo).port,
      )
      measured.push(one)
      return one
    }
    const [guarded, bare] = [await start('guard'), await start('bare')]
    const times: Record<ListenerWork['kind'], number>[] = []
    for (let round = 0; round < warmUp + rounds; round++) {
      const time = { guard: 0, bare: 0 }
      const both = [guarded, bare]
      for (const one of round % 2 === 0 ? both : both.reverse())
        time[one.kind] = await cpuPerRequest(one, proofs(), (proof) => call(agent, one.port, token, proof))
      times.push(time)
    }
    const counted = times.slice(warmUp)
    return {
      id: `gateway.${name}`,
      value: rounded(median(counted.map(({ guard }) => guard))),
      unit: 'us',
      bare: rounded(median(counted.map(({ bare }) => bare))),
      ratio: rounded(median(counted.map(({ guard, bare }) => guard / bare))),
      peer: null,
      peerValue: null,
      peerRatio: null,
      facts: {
        shares: measured.map(({ kind, shares }) => `${kind}: ${shares()}`),
        requests: rounds * requestsPerRound,
        lanes,
      },
    }
  } finally {
    agent.destroy()
    for (const one of measured) await one.stop()
    api.closeAllConnections()
    api.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A gateway and what it asks. */
interface MeasuredGateway {
  readonly kind: ListenerWork['kind']
  readonly port: number
  cpu(): number
  /** How much of it is the gateway's. */
  shares(): string
  stop(): Promise<void>
}

async function startMeasured(
  gateway: Gateway,
  work: Omit<ListenerWork, 'socket'>,
  folder: string,
  api: number,
): Promise<MeasuredGateway> {
  await mkdir(folder)
  const socket = path.join(folder, 'guard.sock')
  const child: ChildProcess = fork(new URL('./listener-server.js', import.meta.url))
  child.send({ ...work, socket } satisfies ListenerWork)
  await once(child, 'message')
  let running: RunningGateway | undefined
  try {
    running = await gateway.start({ folder, port: await freePort(), api, guard: socket })
  } catch (error) {
    child.disconnect()
    throw error
  }
  const { port, cpu, stop } = running
  const asked = () => cpuOfProcess(child.pid as number)
  return {
    kind: work.kind,
    port,
    cpu: () => cpu() + asked(),
    shares: () => `${Math.round((100 * cpu()) / (cpu() + asked()))} % of all CPU time is the gateway's`,
    async stop() {
      await stop()
      child.disconnect()
    },
  }
}

/** Microseconds. */
async function cpuPerRequest(
  { cpu }: MeasuredGateway,
  proofs: readonly string[],
  ask: (proof: string) => Promise<void>,
): Promise<number> {
  const left = [...proofs]
  const before = cpu()
  const lane = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await ask(next)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return (cpu() - before) / proofs.length
}

function call(agent: Agent, port: number, token: string, proof: string): Promise<void> {
  const headers = {
    'Content-Type': 'application/json',
    Accept: 'application/json',
    'User-Agent': 'okhttp/5.3.0',
    [headerNames.attestation]: token,
    [headerNames.dpop]: proof,
  }
  return new Promise((resolve, reject) => {
    const asked = send(
      { agent, host: '127.0.0.1', port, path: target, method: 'POST', headers },
      (response) => {
        response.resume().on('end', () => {
          if (response.statusCode === 200) resolve()
          else reject(new Error(`a request of the benchmark was answered with ${response.statusCode}`))
        })
      },
    )
    asked.once('error', reject).end('{}')
  })
}
