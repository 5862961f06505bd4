import { setTimeout as wait } from 'node:timers/promises'
import { iosApp } from '../../stage/apps.ts'
import { attest, install } from '../../stage/installations.ts'
import type { Answer } from '../../stage/network.ts'
import { enrol, exchange, lookAtPhone, type EnrolledPhone, type KeptPhone } from '../../stage/phones.ts'
import type { Stage } from '../../stage/stage.ts'
import type { Tally } from '../../stage/tally.ts'

/** Clients of a cluster that go on during a fault, and their acknowledgements. */
export interface Clients {
  /** Answers so far, by status or by the error of the connection. */
  readonly counts: Readonly<Record<string, number>>
  /** The longest wait for an answer, in milliseconds. */
  longest(): number
  stop(): Promise<void>
  /** Checks that every node knows all acknowledged changes. */
  look(tally: Tally): Promise<void>
}

/** Number of web apps at once, and of phones. */
const together = { apps: 4, phones: 2 }

/** Apps attest, phones enrol and refresh, and an operator bans phones, all through the proxy. */
export async function startClients(stage: Stage): Promise<Clients> {
  const { network, web, ios } = stage
  const { url, nodes } = stage.cluster
  let stopped = false
  let longest = 0
  const counts: Record<string, number> = {}
  const count = ({ status, fault, milliseconds }: Answer) => {
    const name = fault ?? String(status)
    counts[name] = (counts[name] ?? 0) + 1
    longest = Math.max(longest, milliseconds)
    return status
  }
  const repeat = async (work: () => Promise<boolean | void>) => {
    while (!stopped && (await work()) !== false) await wait(20)
  }

  const app = async () => void count(await attest(network, url, install(web)))
  const phones: KeptPhone[] = []
  const enrolled = () => {
    const phone: KeptPhone = { installation: install(ios, stage.iphone()) }
    phones.push(phone)
    return phone
  }
  const live = () => {
    let phone = enrolled()
    return repeat(async () => {
      const status = count(await exchange(network, url, phone))
      // A phone without an acknowledged enrolment starts again, and so does one that has refreshed a few times.
      if (phone.last === undefined || (status === 200 && phone.last.counter > 5)) phone = enrolled()
    })
  }
  const suspects = await enrol(stage, 12)
  const banned: EnrolledPhone[] = []
  const ban = async () => {
    const suspect = suspects.at(-1)
    if (suspect === undefined) return false
    const { status } = await network.send({
      method: 'POST',
      url: `${url}/v1/apps/${iosApp}/bans`,
      key: stage.adminKey,
      body: JSON.stringify({
        audience: suspect.installation.audiences[0],
        installation: suspect.pseudonym,
      }),
    })
    if (status === 201) banned.push(suspects.pop() as EnrolledPhone)
    return wait(100).then(() => undefined)
  }
  const working = Promise.all([
    ...Array.from({ length: together.apps }, () => repeat(app)),
    ...Array.from({ length: together.phones }, live),
    repeat(ban),
  ])
  return {
    counts,
    longest: () => longest,
    async stop() {
      stopped = true
      await working
    },
    async look(tally) {
      for (const [i, phone] of phones.entries())
        await lookAtPhone(network, (nodes[i % nodes.length] as (typeof nodes)[number]).url, phone, tally)
      for (const { installation } of banned) {
        const answers = await Promise.all(nodes.map((node) => attest(network, node.url, installation)))
        tally.attempts += answers.length
        tally.doubleAcceptances += answers.filter(({ status }) => status === 200).length
        tally.want(
          answers.some(({ status }) => status === 403),
          'a phone whose ban was acknowledged is denied',
        )
      }
    },
  }
}
