import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import fastify from 'fastify'
import { paths } from '@assay/protocol'
import { initialise, startService, notCounting, type StartCounting } from '@assay/service'
import { createConnections, type Post } from '../attest/connections.ts'
import { preparedInstallations } from '../attest/installations.ts'
import { registerSmallRelease } from '../growth/small-release.ts'
import type { Effort } from '../row/effort.ts'
import { interleaved, oneRound, type Rounds } from '../row/interleaved.ts'
import type { BenchRow } from '../row/row.ts'
import { rounded } from '../row/statistics.ts'

/** Devices that come at once, each over a connection of its own, as for `attest.software`. */
const burst = 32
const together: Shape = { atOnce: burst, times: 1, rounds: { counted: 200, warmUp: 60 } }
/** For devices that come one after the other. */
const oneByOne: Shape = { atOnce: 1, times: 16, rounds: { counted: 120, warmUp: 20 } }

/** How attestations arrive within a round. */
interface Shape {
  atOnce: number
  times: number
  rounds: Rounds
}

const plenty = { requests: 1e9, seconds: 60 }

interface Served {
  /** Bodies of new attestations, for which challenges have been asked. */
  prepare: (count: number) => Promise<string[]>
  /** Sends one. */
  attest: (body: string) => Promise<void>
  close(): Promise<void>
}

/**
 * `metrics.overhead`: CPU time of one attestation at a service that counts for its operators (roll-ups, Prometheus), compared
 * with a service without that; a second one without it is the control. All of them and their client run in this process, so
 * the cost of the exchange alone is measured too, and the share is also reported without it.
 */
export async function metricsRow(effort: Effort): Promise<BenchRow> {
  const { post, close } = createConnections(burst)
  const served = {
    blind: await serve(post, notCounting),
    observed: await serve(post),
    twin: await serve(post, notCounting),
    bare: await serveNothing(post),
  }
  try {
    const whole = await measured(served, effort(together, { ...together, rounds: oneRound }))
    const alone = await measured(served, effort(oneByOne, { ...oneByOne, rounds: oneRound }))
    return row(whole, { ...factsOf(whole), devicesAtOnce: burst, oneAtATime: inWords(alone) })
  } finally {
    close()
    await Promise.all(Object.values(served).map((one) => one.close()))
  }
}

type Name = 'observed' | 'blind' | 'twin' | 'bare'
type All = Record<Exclude<Name, 'bare'>, Served> & { bare: Pick<Served, 'attest' | 'close'> }

/** Microseconds for each attestation, and shares. */
interface Overhead {
  observed: number
  blind: number
  exchange: number
  ratio: number
  control: number
  toExchange: number
}

async function measured(served: All, { atOnce, times, rounds }: Shape): Promise<Overhead> {
  const makeItems = async () => {
    const count = atOnce * times
    const [observed, blind, twin] = [
      await served.observed.prepare(count),
      await served.blind.prepare(count),
      await served.twin.prepare(count),
    ]
    const part = (bodies: readonly string[], i: number) => bodies.slice(i * atOnce, (i + 1) * atOnce)
    return Array.from({ length: times }, (_, i): Record<Name, string[]> => ({
      observed: part(observed, i),
      blind: part(blind, i),
      twin: part(twin, i),
      bare: part(blind, i),
    }))
  }
  const way = (name: Name) => async (item: Record<Name, string[]>) => {
    await Promise.all(item[name].map((body) => served[name].attest(body)))
  }
  const found = await interleaved(rounds, makeItems, {
    observed: way('observed'),
    blind: way('blind'),
    twin: way('twin'),
    bare: way('bare'),
  })
  return {
    observed: found.median('observed') / atOnce,
    blind: found.median('blind') / atOnce,
    exchange: found.median('bare') / atOnce,
    ratio: found.ratio('observed', 'blind'),
    control: found.ratio('twin', 'blind'),
    toExchange: found.ratio('observed', 'bare'),
  }
}

function row({ observed, blind, exchange, ratio, toExchange }: Overhead, facts: BenchRow['facts']): BenchRow {
  return {
    id: 'metrics.overhead',
    value: rounded(observed),
    unit: 'us',
    bare: rounded(exchange),
    ratio: rounded(toExchange),
    peer: 'the same service, composed without roll-ups and numbers for Prometheus',
    peerValue: rounded(blind),
    peerRatio: share(ratio),
    ...(facts === undefined ? {} : { facts }),
  }
}

const share = (ratio: number) => Number(ratio.toFixed(4))

function factsOf({ observed, blind, exchange, control }: Overhead) {
  return {
    // The difference between two identical services is the noise.
    control: share(control),
    withoutTheExchange: share((observed - exchange) / (blind - exchange)),
    audit: 'not part of an attestation: only administrative acts are written to it, and each of them is',
    rounds: together.rounds.counted,
  }
}

const inWords = ({ observed, ratio, control }: Overhead): string =>
  `${rounded(observed)} us, ${share(ratio)} × without; control ${share(control)}`

async function serve(post: Post, counting?: StartCounting): Promise<Served> {
  const dataFolder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-'))
  const storage = { dataFolder, sealingKey: randomBytes(32) }
  const admin = await initialise(storage)
  const config = {
    ...storage,
    host: '127.0.0.1',
    port: 0,
    logLevel: 'info' as const,
    logDestination: { write: () => undefined },
    limits: { network: plenty, challenges: plenty, app: plenty, key: plenty },
    metrics: { host: '127.0.0.1', port: 0 },
  }
  const service = await startService(config, counting)
  const release = await registerSmallRelease(service.url, admin?.secret ?? '')
  return {
    prepare: preparedInstallations(release, post),
    attest: async (body) => void (await post(service.url + paths.attestations, body)),
    async close() {
      await service.close()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

/** Reads the same requests and answers with an empty object. */
async function serveNothing(post: Post): Promise<Pick<Served, 'attest' | 'close'>> {
  const app = fastify({ logger: false })
  app.post(paths.attestations, () => ({}))
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return {
    attest: async (body) => void (await post(`http://127.0.0.1:${port}${paths.attestations}`, body)),
    close: () => app.close(),
  }
}
