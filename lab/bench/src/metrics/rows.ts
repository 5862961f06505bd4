import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import fastify from 'fastify'
import { paths } from '@assay/protocol'
import { initialise, startService, unobserved, type Observe } from '@assay/service'
import { createConnections, type Post } from '../attest/connections.ts'
import { preparedInstallations } from '../attest/installations.ts'
import { registerSmallRelease } from '../growth/small-release.ts'
import { interleaved } from '../interleaved.ts'
import type { BenchRow } from '../row.ts'
import { rounded } from '../statistics.ts'

/** Rounds are short, so that most of them pass without the system giving the processor to somebody else. */
const rounds = { counted: 240, warmUp: 40 }
const itemsPerRound = 16
const plenty = { requests: 1e9, seconds: 60 }

interface Served {
  /** Bodies of new attestations, for which challenges have been asked. */
  prepare: (count: number) => Promise<string[]>
  /** Sends one. */
  attest: (body: string) => Promise<void>
  close(): Promise<void>
}

/**
 * `metrics.overhead`: CPU time of one attestation at a service that counts for its operators (roll-ups, Prometheus), beside
 * one that is composed without, and a second like that as control. All are in this process, and so is what sends to them: what the exchange alone takes is
 * measured beside them, and the share is also told without it.
 */
export async function metricsRows(): Promise<BenchRow[]> {
  const { post, close } = createConnections(1)
  const [blind, observed, twin] = [
    await serve(post, unobserved),
    await serve(post),
    await serve(post, unobserved),
  ]
  const bare = await serveNothing(post)
  try {
    const makeItems = async () => {
      const bodies = [
        await observed.prepare(itemsPerRound),
        await blind.prepare(itemsPerRound),
        await twin.prepare(itemsPerRound),
      ]
      return Array.from({ length: itemsPerRound }, (_, i) => bodies.map((one) => one[i] as string))
    }
    const times = await interleaved(rounds, makeItems, {
      observed: ([body = '']) => observed.attest(body),
      blind: ([, body = '']) => blind.attest(body),
      twin: ([, , body = '']) => twin.attest(body),
      bare: ([body = '']) => bare.attest(body),
    })
    const exchange = times.median('bare')
    return [
      {
        id: 'metrics.overhead',
        value: rounded(times.median('observed')),
        unit: 'us',
        bare: rounded(exchange),
        ratio: rounded(times.ratio('observed', 'bare')),
        peer: 'the same service, composed without roll-ups and numbers for Prometheus',
        peerValue: rounded(times.median('blind')),
        peerRatio: Number(times.ratio('observed', 'blind').toFixed(4)),
        facts: {
          limit: 'peerRatio of at most 1.05',
          // What two services that are composed alike differ by is what the measurement cannot see.
          control: Number(times.ratio('twin', 'blind').toFixed(4)),
          withoutTheExchange: Number(
            ((times.median('observed') - exchange) / (times.median('blind') - exchange)).toFixed(4),
          ),
          audit: 'no part of an attestation: administrative acts alone are written to it, at both services',
          rounds: rounds.counted,
          attestationsPerRound: itemsPerRound,
        },
      },
    ]
  } finally {
    close()
    await Promise.all([observed, blind, twin, bare].map((one) => one.close()))
  }
}

async function serve(post: Post, observe?: Observe): Promise<Served> {
  const dataFolder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-'))
  const storage = { dataFolder, sealingKey: randomBytes(32) }
  const admin = await initialise(storage)
  const config = {
    ...storage,
    host: '127.0.0.1',
    port: 0,
    logLevel: 'info' as const,
    logDestination: { write: () => undefined },
    limits: { network: plenty, challenges: plenty, app: plenty },
    metrics: { host: '127.0.0.1', port: 0 },
  }
  const service = await startService(config, observe)
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

/** Reads the same and answers with an empty object. */
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
