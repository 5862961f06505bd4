import { paths } from '@assay/protocol'
import type { Fault } from '../../fault/fault.ts'
import { startFlood } from '../../stage/flood.ts'
import { challengeBody, install } from '../../stage/installations.ts'
import { createTally } from '../../stage/tally.ts'
import { floodLasts, honestExchanges, judge } from '../single/overload.ts'
import { recovery, tryAgain, useSome } from './used.ts'

export const overload: Fault = {
  name: 'cluster.overload',
  alone: true,
  what: '1,024 connections of 64 networks to each node ask for challenges without a pause: clients of other networks attest through the proxy, and nothing is accepted twice',
  stores: ['cluster'],
  async run(stage, length) {
    const { cluster } = stage
    const tally = createTally()
    // The proxy tells the nodes who calls. Behind a proxy, test vendors are refused, and web apps need none.
    for (const [i, node] of cluster.nodes.entries()) {
      await node.stop()
      await cluster.restart(i, { trustedProxies: ['127.0.0.1'], vendors: {} })
    }
    await recovery(stage)
    const used = await useSome(stage, 20)
    // The flood bypasses the proxy, whose own limits are not part of the service.
    const floods = await Promise.all(
      cluster.nodes.map(({ url }) =>
        startFlood({
          url,
          connections: 1_024,
          networks: 64,
          requests: Array.from({ length: 16 }, () => challengeBody(install(stage.web))).map((body) => ({
            path: paths.challenges,
            body,
          })),
        }),
      ),
    )
    judge(tally, await honestExchanges(stage, floodLasts[length], cluster.url))
    await tryAgain(stage, used, tally)
    for (const [i, flood] of floods.entries())
      tally.fact(`flood of node ${i}`, JSON.stringify(flood.count().answers))
    tally.fact('resident MB', Math.round(Math.max(...cluster.nodes.map((node) => node.resident()))))
    for (const flood of floods) await flood.stop()
    tally.recovered(await recovery(stage))
    return tally.outcome()
  },
}
