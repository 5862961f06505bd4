import { setTimeout as wait } from 'node:timers/promises'
import type { Jwks } from '@assay/protocol'
import type { Fault, Length } from '../../fault/fault.ts'
import { iosApp, policyOf, succeed, webApp } from '../../stage/apps.ts'
import { attest, claimsOf, install, kidOf, type Installation } from '../../stage/installations.ts'
import type { Answer } from '../../stage/network.ts'
import { enrol } from '../../stage/phones.ts'
import type { Stage } from '../../stage/stage.ts'
import { createTally, type Tally } from '../../stage/tally.ts'
import { millisecondsUntil } from '../../node/until.ts'
import { urlOf } from './used.ts'

/** Milliseconds within which every node knows of an acknowledged change. */
const bound = 1_000

/** Clients at each node. */
const clientsPerNode = 3

const changes: Record<Length, number> = { short: 4, long: 40 }

/** An exchange, with the times of its start and its answer. */
interface Exchange {
  readonly began: number
  readonly ended: number
  readonly answer: Answer
}

/** Clients at every node attest without a pause while the work is done. @returns what was accepted */
async function underLoad(
  { network, cluster }: Stage,
  next: () => Installation,
  work: () => Promise<void>,
): Promise<Exchange[]> {
  const served: Exchange[] = []
  let stopped = false
  const client = async (url: string) => {
    while (!stopped) {
      const began = performance.now()
      const answer = await attest(network, url, next())
      if (answer.status === 200) served.push({ began, ended: performance.now(), answer })
      else await wait(20)
    }
  }
  const clients = cluster.nodes.flatMap(({ url }) =>
    Array.from({ length: clientsPerNode }, () => client(url)),
  )
  await work()
  stopped = true
  await Promise.all(clients)
  return served
}

/** A change, with the times of its request and its acknowledgement. */
interface Change {
  readonly asked: number
  readonly acknowledged: number
}

async function change(work: () => Promise<unknown>): Promise<Change> {
  const asked = performance.now()
  await work()
  return { asked, acknowledged: performance.now() }
}

interface Rotation extends Change {
  readonly kid: string
  readonly withdrawn: readonly string[]
}

/** No exchange that began after a rotation was acknowledged ends with a key that it withdrew. */
export function judgeRotations(
  served: readonly Exchange[],
  rotations: readonly Rotation[],
  tally: Pick<Tally, 'doubleAcceptances' | 'fact'>,
): void {
  let latest = -Infinity
  for (const { began, answer } of served) {
    for (const { acknowledged, withdrawn } of rotations) {
      if (!withdrawn.includes(kidOf(answer))) continue
      latest = Math.max(latest, began - acknowledged)
      if (began > acknowledged) tally.doubleAcceptances += 1
    }
  }
  tally.fact('last use of a withdrawn key begun, ms before the acknowledgement', Math.round(-latest))
}

const rotating: Fault = {
  name: 'cluster.rotating',
  what: 'signing keys are rotated at one node while clients attest at all: once it is acknowledged none signs with a withdrawn key',
  stores: ['cluster'],
  async run(stage, length) {
    const tally = createTally()
    const rotations: Rotation[] = []
    const served = await underLoad(
      stage,
      () => install(stage.web),
      async () => {
        for (let i = 0; i < changes[length]; i += 1) {
          let withdrawn: readonly string[] = []
          let kid = ''
          const changed = await change(async () => {
            const answer = await stage.network.send({
              method: 'POST',
              url: `${urlOf(stage.cluster, i)}/v1/signing-keys/rotate`,
              key: stage.adminKey,
              body: '{}',
            })
            if (answer.status === 200)
              ({ withdrawn, kid } = answer.body as { withdrawn: string[]; kid: string })
            tally.want(answer.status === 200, 'keys are rotated under load')
          })
          rotations.push({ ...changed, withdrawn, kid })
          await wait(300)
        }
      },
    )
    tally.attempts = served.length
    judgeRotations(served, rotations, tally)
    const kids = new Set(served.map(({ answer }) => kidOf(answer)))
    tally.fact('rotations', rotations.length)
    tally.fact('keys that signed', kids.size)
    tally.want(kids.size > rotations.length / 2, 'tokens were signed by old keys and by new ones')
    const last = rotations.at(-1)?.kid
    for (const { url } of stage.cluster.nodes) {
      const { body } = await succeed(
        stage.network.send({ method: 'GET', url: `${url}/.well-known/jwks.json` }),
      )
      if (!(body as Jwks).keys.some(({ kid }) => kid === last)) tally.losses += 1
    }
    return tally.outcome()
  },
}

const banning: Fault = {
  name: 'cluster.banning',
  what: 'phones that refresh at every node are banned at one: a second after each acknowledgement no node serves the phone',
  stores: ['cluster'],
  async run(stage, length) {
    const tally = createTally()
    const { network, cluster } = stage
    let slowest = 0
    for (let round = 0; round < changes[length] / 4; round += 1) {
      const phones = await enrol(stage, 12)
      let stopped = false
      const seen = phones.map(({ installation }) => ({
        installation,
        exchanges: [] as Exchange[],
        banned: Infinity,
      }))
      const refresh = async (phone: (typeof seen)[number], i: number) => {
        for (let at = i; !stopped; at += 1) {
          const began = performance.now()
          const answer = await attest(network, urlOf(cluster, at), phone.installation)
          tally.attempts += 1
          if (answer.status === 200) phone.exchanges.push({ began, ended: performance.now(), answer })
          await wait(10)
        }
      }
      const refreshing = Promise.all(seen.map(refresh))
      await millisecondsUntil(async () => seen.every(({ exchanges }) => exchanges.length > 0))
      for (const [i, { installation, pseudonym }] of phones.entries()) {
        const body = JSON.stringify({ audience: installation.audiences[0], installation: pseudonym })
        const url = `${urlOf(cluster, i)}/v1/apps/${iosApp}/bans`
        await succeed(network.send({ method: 'POST', url, key: stage.adminKey, body }))
        ;(seen[i] as (typeof seen)[number]).banned = performance.now()
        await wait(50)
      }
      await wait(2 * bound)
      stopped = true
      await refreshing
      for (const { exchanges, banned } of seen) {
        tally.want(
          exchanges.some(({ began }) => began < banned),
          'each phone was served before it was banned',
        )
        for (const { began } of exchanges) {
          slowest = Math.max(slowest, began - banned)
          if (began > banned + bound) tally.doubleAcceptances += 1
        }
      }
    }
    tally.fact('last exchange of a banned phone begun, ms after the acknowledgement', Math.round(slowest))
    return tally.outcome()
  },
}

/** Checks that each token is by the old or the new policy, and only by the new one once every node must know it. */
export function judgePolicies(
  served: readonly Exchange[],
  versions: readonly (Change & { tier: string })[],
  tally: Pick<Tally, 'doubleAcceptances' | 'fact'>,
): void {
  let slowest = 0
  for (const { began, ended, answer } of served) {
    const tier = claimsOf(answer).ear_status
    // The policies that may have applied at some moment of the exchange.
    const inForce = versions.filter(({ asked }, i) => {
      const until = (versions[i + 1]?.acknowledged ?? Infinity) + bound
      return asked < ended && until > began
    })
    if (!inForce.some((version) => version.tier === tier)) tally.doubleAcceptances += 1
    const latest = versions.findLast(({ acknowledged }) => acknowledged < began)
    const isChanging = versions.some(({ asked, acknowledged }) => asked < ended && acknowledged >= began)
    if (latest !== undefined && !isChanging && latest.tier !== tier)
      slowest = Math.max(slowest, began - latest.acknowledged)
  }
  tally.fact('last exchange by an old policy begun, ms after the acknowledgement', Math.round(slowest))
}

const policies: Fault = {
  name: 'cluster.policies',
  what: 'the policy of an app is changed while clients attest at every node: each token is by the old one or the new one, and a second after the acknowledgement by the new one',
  stores: ['cluster'],
  async run(stage, length) {
    const tally = createTally()
    const { operator } = stage
    const versions: (Change & { tier: 'affirming' | 'warning' })[] = []
    const put = async (tier: 'affirming' | 'warning') => {
      const changed = await change(() => succeed(operator.ask('PUT', '/v1/policies/ours', policyOf(tier))))
      versions.push({ ...changed, tier })
    }
    await put('warning')
    await succeed(operator.ask('PATCH', `/v1/apps/${webApp}`, { policy: 'ours' }))
    await wait(2 * bound)
    const served = await underLoad(
      stage,
      () => install(stage.web),
      async () => {
        for (let i = 0; i < changes[length]; i += 1) {
          await put(i % 2 === 0 ? 'affirming' : 'warning')
          await wait(2 * bound)
        }
      },
    )
    tally.attempts = served.length
    judgePolicies(served, versions, tally)
    for (const tier of ['affirming', 'warning'])
      tally.want(
        served.some(({ answer }) => claimsOf(answer).ear_status === tier),
        'tokens were issued under both policies',
      )
    return tally.outcome()
  },
}

export const changeFaults: readonly Fault[] = [rotating, banning, policies]
