import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Jwks } from '@assay/protocol'
import type { Fault, Length } from '../../fault/fault.ts'
import { createOperator, registerApps, succeed } from '../../stage/apps.ts'
import { attest, install, kidOf } from '../../stage/installations.ts'
import { startNode } from '../../node/node.ts'
import { createTally, type Tally } from '../../stage/tally.ts'
import { millisecondsUntil } from '../../node/until.ts'
import type { Stage } from '../../stage/stage.ts'
import { useSome, tryAgain } from './used.ts'

/** Number of nodes that start at the same moment. */
const count = 4
const starts: Record<Length, number> = { short: 2, long: 10 }

/** Starts nodes with separate folders on an empty database and an empty Valkey. */
async function startOnNothing(stage: Stage, round: number, tally: Tally): Promise<void> {
  const { cluster, postgres, network, adminKey } = stage
  postgres.execute(`create database empty_${round}`)
  const connectionString = postgres.connectionString.replace(/[^/]*$/, `empty_${round}`)
  await cluster.valkey.command('FLUSHALL')
  await cluster.valkey.command('FUNCTION', 'FLUSH')
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-empty-'))
  const began = performance.now()
  const started = await Promise.allSettled(
    Array.from({ length: count }, (_, i) =>
      startNode({
        ...cluster.configOf(i),
        postgres: connectionString,
        dataFolder: path.join(folder, `${i}`),
      }),
    ),
  )
  tally.attempts += count
  tally.fact('until all have started, ms', Math.round(performance.now() - began))
  for (const each of started) if (each.status === 'rejected') stage.tell((each.reason as Error).message)
  const nodes = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  tally.want(nodes.length === count, 'all of them start')
  try {
    const [first] = nodes
    if (first === undefined) return
    const apps = await registerApps(createOperator(network, first.url, adminKey))
    const kids = new Set<string>()
    for (const { url } of nodes) {
      const isServed = async () => (await attest(network, url, install(apps.web))).status === 200
      const took = await millisecondsUntil(isServed, 5_000)
      if (took === Infinity) tally.losses += 1
      tally.recovered(took)
      const answer = await attest(network, url, install(apps.ios, stage.iphone()))
      tally.want(answer.status === 200, 'every node knows the apps, and enrols phones')
      if (answer.status === 200) kids.add(kidOf(answer))
      const { body } = await succeed(network.send({ method: 'GET', url: `${url}/.well-known/jwks.json` }))
      for (const { kid } of (body as Jwks).keys) kids.add(kid)
    }
    tally.want(kids.size === 1, 'they have made one signing key, and publish no other')
    const group = { network, web: apps.web, cluster: { ...cluster, nodes } }
    await tryAgain(group, await useSome(group, 8), tally)
  } finally {
    for (const node of nodes) await node.kill()
    await rm(folder, { recursive: true, force: true })
  }
}

export const emptyStart: Fault = {
  name: 'cluster.started-empty',
  what: 'four nodes start at the same moment on an empty database and an empty Valkey: all serve, with one signing key, and what one accepts no other does',
  stores: ['cluster'],
  async run(stage, length) {
    const tally = createTally()
    for (const node of stage.cluster.nodes) await node.stop()
    for (let round = 0; round < starts[length]; round += 1) await startOnNothing(stage, round, tally)
    return tally.outcome()
  },
}
