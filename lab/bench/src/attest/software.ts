import type { BenchRow } from '../row.ts'
import { median, rounded } from '../statistics.ts'
import { createConnections, type Post } from './connections.ts'
import { newInstallations } from './installations.ts'
import { startProcess, type MeasuredProcess } from './processes.ts'
import { planFacts, registerRelease } from './release.ts'

const rounds = { warmUp: 100, counted: 60 }
/** Devices that come at once, each over a connection of its own. */
const burst = 32

/**
 * `attest.software`: CPU time of the service for one attestation over HTTP, challenge included, each by a new
 * installation key. The bare work is done in the same rounds by a server of its own, to which requests come in the same
 * way: as many at once, over as many connections, from the same client.
 */
export async function attestSoftwareRow(): Promise<BenchRow> {
  const [service, bare] = await Promise.all([startProcess('service-server'), startProcess('bare-server')])
  const { post, close } = createConnections(burst)
  try {
    const { url, key } = service.ready as { url: string; key: string }
    const release = await registerRelease(url, key)
    const attestTogether = newInstallations(release, post)
    const times: { value: number; bare: number }[] = []
    for (let round = 0; round < rounds.warmUp + rounds.counted; round++) {
      const value = await cpuPerDevice(service, () => attestTogether(burst))
      await post(`${bare.ready.url}/prepare`, JSON.stringify({ count: burst }))
      const least = await cpuPerDevice(bare, () => bareWaves(bare, post))
      if (round >= rounds.warmUp) times.push({ value, bare: least })
    }
    return row(times, planFacts(release))
  } finally {
    close()
    await Promise.all([service.stop(), bare.stop()])
  }
}

function row(
  times: readonly { value: number; bare: number }[],
  facts: NonNullable<BenchRow['facts']>,
): BenchRow {
  return {
    id: 'attest.software',
    value: rounded(median(times.map(({ value }) => value))),
    unit: 'us',
    bare: rounded(median(times.map(({ bare }) => bare))),
    ratio: rounded(median(times.map(({ value, bare }) => value / bare))),
    peer: null,
    peerValue: null,
    peerRatio: null,
    facts: { ...facts, rounds: rounds.counted, devicesAtOnce: burst },
  }
}

async function cpuPerDevice(server: MeasuredProcess, work: () => Promise<unknown>): Promise<number> {
  const before = server.cpu()
  await work()
  return (server.cpu() - before) / burst
}

/** As many requests as `burst` devices send, in the same two waves. */
async function bareWaves({ ready }: MeasuredProcess, post: Post): Promise<void> {
  for (const path of ['/empty', '/crypto'])
    await Promise.all(Array.from({ length: burst }, () => post(`${ready.url}${path}`, '{}')))
}
