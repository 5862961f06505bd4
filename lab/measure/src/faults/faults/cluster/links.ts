import { setTimeout as wait } from 'node:timers/promises'
import { lacksLinks, openLink } from '../../cluster/link.ts'
import type { Fault } from '../../fault/fault.ts'
import { iosApp, succeed } from '../../stage/apps.ts'
import { attest, install } from '../../stage/installations.ts'
import { enrol, type EnrolledPhone } from '../../stage/phones.ts'
import type { Stage } from '../../stage/stage.ts'
import type { Tally } from '../../stage/tally.ts'
import { longestAnswer } from '../single/database.ts'
import { disturbed } from './disturbed.ts'
import { urlOf } from './used.ts'

/** Milliseconds after which a disconnected node stops signing. */
const closedAfter = 3_000

/** The node whose link is cut. */
const lonely = 1

/** A ban that another node acknowledges while this one is cut off. */
async function ban({ operator }: Stage, { installation, pseudonym }: EnrolledPhone): Promise<void> {
  const body = { audience: installation.audiences[0], installation: pseudonym }
  await succeed(operator.ask('POST', `/v1/apps/${iosApp}/bans`, body))
}

/** Checks that the node signs nothing from outdated state, and refuses quickly. */
async function lookAtLonely(stage: Stage, { installation }: EnrolledPhone, tally: Tally): Promise<void> {
  const { network, web, cluster } = stage
  const until = performance.now() + 4_000
  while (performance.now() < until) {
    const [phone, app] = await Promise.all([
      attest(network, urlOf(cluster, lonely), installation),
      attest(network, urlOf(cluster, lonely), install(web)),
    ])
    tally.attempts += 2
    if (phone.status === 200) tally.doubleAcceptances += 1
    tally.want(app.status === 503, 'a node that is cut off says so with 503')
    tally.want(phone.status === 503 || phone.status === 403, 'it denies a phone, or tells it to come back')
    for (const { milliseconds } of [phone, app])
      tally.want(milliseconds < longestAnswer, 'nobody waits longer than five seconds for a store')
    await wait(200)
  }
}

const words = { postgres: 'PostgreSQL', valkey: 'Valkey' }

function cut(store: 'postgres' | 'valkey', direction: 'to' | 'from'): Fault {
  const way =
    direction === 'to' ? `what a node sends to ${words[store]}` : `what ${words[store]} sends to a node`
  return disturbed({
    name: `link-${direction}-${store}`,
    what: `${way} is lost on the way: the others serve, and it accepts nobody who was banned meanwhile`,
    // In the long run, the kernel waits longer and longer before it sends lost packets again.
    lasts: { short: 8_000, long: 25_000 },
    lacks: lacksLinks,
    prepare: async (stage) => {
      const { cluster, postgres } = stage
      const link = await openLink(postgres, cluster.valkey)
      await cluster.nodes[lonely]?.stop()
      await cluster.restart(lonely, link.urls)
      let phones: EnrolledPhone[] = []
      return {
        disturb: async () => {
          phones = await enrol(stage, 1)
          link.cut(store, direction)
        },
        restore: link.mend,
        meanwhile: async (tally) => {
          const [phone] = phones as [EnrolledPhone]
          await ban(stage, phone)
          await wait(closedAfter)
          await lookAtLonely(stage, phone, tally)
          for (let i = 0; i < 6; i += 1) {
            const { status } = await attest(stage.network, cluster.url, install(stage.web))
            tally.attempts += 1
            tally.want(status === 200, 'the other nodes serve, and the proxy leads to them')
          }
        },
        afterwards: async (tally) => {
          const { status } = await attest(
            stage.network,
            urlOf(cluster, lonely),
            (phones[0] as EnrolledPhone).installation,
          )
          if (status === 200) tally.doubleAcceptances += 1
          tally.want(status === 403, 'the node knows of the ban when its link is mended')
        },
        close: link.close,
      }
    },
  })
}

export const linkFaults: readonly Fault[] = [
  cut('valkey', 'to'),
  cut('valkey', 'from'),
  cut('postgres', 'to'),
  cut('postgres', 'from'),
]
