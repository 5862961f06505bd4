import type { Effort } from '../row/effort.ts'
import { oneRound, type Rounds } from '../row/interleaved.ts'
import type { BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import { createConnections, type Post } from './connections.ts'
import { newInstallations, type AttestTogether } from './installations.ts'
import { startProcess, type MeasuredProcess } from './processes.ts'
import { planFacts, registerRelease } from './release.ts'

/** Devices that come at once, each over its own connection. */
const burst = 32
const rounds = { warmUp: 100, counted: 60 }
/** For devices that come one after the other. */
const aloneRounds = { warmUp: 20, counted: 400 }

/**
 * `attest.software`: CPU time of the service for one attestation over HTTP, challenge included, each by a new
 * installation key. A separate server does the bare work in the same rounds. It gets requests in the same way: as many at
 * once, over as many connections, from the same client.
 */
export async function attestSoftwareRow(effort: Effort): Promise<BenchRow> {
  const [service, bare] = await Promise.all([startProcess('service-server'), startProcess('bare-server')])
  const { post, close } = createConnections(burst)
  try {
    const { url, key } = service.ready as { url: string; key: string }
    const release = await registerRelease(url, key)
    const work = { service, bare, post, attestTogether: newInstallations(release, post) }
    const together = await measured(work, burst, effort(rounds, oneRound))
    const alone = await measured(work, 1, effort(aloneRounds, oneRound))
    return row(together, {
      ...planFacts(release),
      rounds: rounds.counted,
      devicesAtOnce: burst,
      answers: 'all alike, as of sound devices with one build: the policy is evaluated once a second',
      oneAtATime: `${rounded(alone.value)} us, ${rounded(alone.ratio)} × bare`,
    })
  } finally {
    close()
    await Promise.all([service.stop(), bare.stop()])
  }
}

interface Work {
  readonly service: MeasuredProcess
  readonly bare: MeasuredProcess
  readonly post: Post
  readonly attestTogether: AttestTogether
}

/** Medians, in microseconds per device. */
interface Times {
  readonly value: number
  readonly bare: number
  readonly ratio: number
}

async function measured(
  { service, bare, post, attestTogether }: Work,
  devices: number,
  { warmUp, counted }: Rounds,
): Promise<Times> {
  const times: { value: number; bare: number }[] = []
  for (let round = 0; round < warmUp + counted; round++) {
    const value = await cpuPerDevice(service, devices, () => attestTogether(devices))
    await post(`${bare.ready.url}/prepare`, JSON.stringify({ count: devices }))
    const least = await cpuPerDevice(bare, devices, () => bareWaves(bare, devices, post))
    if (round >= warmUp) times.push({ value, bare: least })
  }
  return {
    value: median(times.map(({ value }) => value)),
    bare: median(times.map(({ bare }) => bare)),
    ratio: median(times.map(({ value, bare }) => value / bare)),
  }
}

function row({ value, bare, ratio }: Times, facts: NonNullable<BenchRow['facts']>): BenchRow {
  return {
    id: 'attest.software',
    value: rounded(value),
    unit: 'us',
    bare: rounded(bare),
    ratio: rounded(ratio),
    peer: null,
    peerValue: null,
    peerRatio: null,
    facts,
  }
}

async function cpuPerDevice(
  server: MeasuredProcess,
  devices: number,
  work: () => Promise<unknown>,
): Promise<number> {
  const before = server.cpu()
  await work()
  return (server.cpu() - before) / devices
}

/** Sends as many requests as the devices do, in the same two waves. */
async function bareWaves({ ready }: MeasuredProcess, devices: number, post: Post): Promise<void> {
  for (const path of ['/empty', '/crypto'])
    await Promise.all(Array.from({ length: devices }, () => post(`${ready.url}${path}`, '{}')))
}
