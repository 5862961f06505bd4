import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { BenchRow } from '../row.ts'
import { median, rounded } from '../statistics.ts'
import { createConnections, type Post } from './connections.ts'
import { newInstallations } from './installations.ts'
import { startProcess, type MeasuredProcess } from './processes.ts'
import { planFacts, registerRelease } from './release.ts'

const rounds = { warmUp: 100, counted: 60 }
/** Devices that come at once, over so many connections. */
const burst = 32
const connections = 8

/**
 * `attest.software`: CPU time of the service for one attestation over HTTP, challenge included, each by a new
 * installation key. The bare work is measured in the same rounds, and its requests come in the same way: as many at
 * once, over as many connections, from the same client.
 */
export async function attestRows(): Promise<BenchRow[]> {
  const [service, empty] = await Promise.all([startProcess('service-server'), startProcess('empty-server')])
  const { post, close } = createConnections(connections)
  try {
    const { url, key } = service.ready as { url: string; key: string }
    const release = await registerRelease(url, key)
    const attestTogether = newInstallations(release, post)
    const values: number[] = []
    const bares: number[] = []
    for (let round = 0; round < rounds.warmUp + rounds.counted; round++) {
      const value = await cpuPerDevice(service, () => attestTogether(burst))
      const posts = await cpuPerDevice(empty, () => emptyPosts(empty, post))
      const bare = posts + bareCrypto(burst)
      if (round < rounds.warmUp) continue
      values.push(value)
      bares.push(bare)
    }
    return [row(median(values), median(bares), planFacts(release))]
  } finally {
    close()
    await Promise.all([service.stop(), empty.stop()])
  }
}

function row(value: number, bare: number, facts: NonNullable<BenchRow['facts']>): BenchRow {
  return {
    id: 'attest.software',
    value: rounded(value),
    unit: 'us',
    bare: rounded(bare),
    ratio: rounded(value / bare),
    peer: null,
    peerValue: null,
    peerRatio: null,
    facts: { ...facts, rounds: rounds.counted, devicesAtOnce: burst, connections },
  }
}

async function cpuPerDevice(server: MeasuredProcess, work: () => Promise<unknown>): Promise<number> {
  const before = server.cpu()
  await work()
  return (server.cpu() - before) / burst
}

/** As many requests as `burst` devices send, in the same two waves. */
async function emptyPosts({ ready }: MeasuredProcess, post: Post): Promise<void> {
  for (let wave = 0; wave < 2; wave++)
    await Promise.all(Array.from({ length: burst }, () => post(ready.url as string, '{}')))
}

/** Microseconds for the import of a fresh JWK, one verify with it and one sign. */
function bareCrypto(count: number): number {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const data = Buffer.alloc(1000, 1)
  const signed = Array.from({ length: count }, () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const options = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
    return { jwk: publicKey.export({ format: 'jwk' }), signature: sign('sha256', data, options) }
  })
  const started = process.cpuUsage()
  for (const { jwk, signature } of signed) {
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    if (!verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature))
      throw new Error('a genuine signature')
    sign('sha256', data, { key: own, dsaEncoding: 'ieee-p1363' })
  }
  const { user, system } = process.cpuUsage(started)
  return (user + system) / count
}
