import { setTimeout as wait } from 'node:timers/promises'
import type { Fault, Length } from '../../fault/fault.ts'
import { iosApp, scriptsOf, succeed, webApp, webRelease, zipOf } from '../../stage/apps.ts'
import { attest, claimsOf, install, type Installation } from '../../stage/installations.ts'
import { codeOf, type Answer } from '../../stage/network.ts'
import type { Stage } from '../../stage/stage.ts'
import { createTally, type Tally } from '../../stage/tally.ts'
import { millisecondsUntil } from '../../node/until.ts'

const rounds: Record<Length, number> = { short: 1, long: 5 }

/** Milliseconds that the disk stays full. */
const lasts = 4_000

/** Changes that the service has acknowledged. */
interface Acknowledged {
  readonly builds: string[]
  readonly phones: Installation[]
  readonly banned: Installation[]
}

const full: Fault = {
  name: 'disk.full',
  what: 'The disk of the database fills up while builds are registered, phones enrol and phones are banned: what cannot be kept is refused as such, nothing acknowledged is lost, and the service goes on when there is room',
  stores: ['sqlite', 'postgres'],
  disk: 160,
  async run(stage, length) {
    const tally = createTally()
    const acknowledged: Acknowledged = { builds: [], phones: [], banned: [] }
    for (let round = 0; round < rounds[length]; round++) {
      await workFor(stage, tally, acknowledged, { round: `${round}a`, most: 4 })
      stage.disk.fill()
      const until = performance.now() + lasts
      let refused = 0
      for (let batch = 0; performance.now() < until; batch++)
        refused += await workFor(stage, tally, acknowledged, { round: `${round}b${batch}`, most: 2 })
      tally.want(refused > 0, 'the disk is full')
      await lookAtHealth(stage, tally)
      stage.disk.free()
      tally.recovered(await millisecondsUntil(() => isReady(stage)))
      tally.recovered(await millisecondsUntil(async () => (await enrol(stage)).answer.status === 200))
      await lookAfter(stage, tally, acknowledged)
    }
    await stage.node.kill()
    await stage.start()
    await lookAfter(stage, tally, acknowledged)
    tally.fact('builds', acknowledged.builds.length)
    tally.fact('phones', acknowledged.phones.length)
    tally.fact('bans', acknowledged.banned.length)
    return tally.outcome()
  },
}

/** Registers, enrols and bans. @returns the number of refusals because of the full disk */
async function workFor(
  stage: Stage,
  tally: Tally,
  acknowledged: Acknowledged,
  { round, most }: { round: string; most: number },
): Promise<number> {
  let refused = 0
  const isKept = ({ status, retryAfter }: Answer, wanted: number) => {
    tally.attempts++
    if (status === wanted) return true
    refused++
    tally.want(status === 503, 'what cannot be kept is answered with 503')
    tally.want((retryAfter ?? 0) > 0, 'a 503 says when to come back')
    return false
  }
  for (let i = 0; i < most; i++) {
    const build = `d${round}-${i}`
    const uploaded = await stage.operator.upload(webApp, build, await zipOf(scriptsOf(build)))
    if (isKept(uploaded, 201)) acknowledged.builds.push(build)
    const { installation, answer } = await enrol(stage)
    if (!isKept(answer, 200)) continue
    const body = { audience: installation.audiences[0], installation: claimsOf(answer).installation }
    if (i % 2 === 1) acknowledged.phones.push(installation)
    // A phone whose ban was not acknowledged may be banned or not.
    else if (isKept(await stage.operator.ask('POST', `/v1/apps/${iosApp}/bans`, body), 201))
      acknowledged.banned.push(installation)
  }
  await wait(20)
  return refused
}

async function enrol({ network, node, ios, iphone }: Stage) {
  const installation = install(ios, iphone())
  return { installation, answer: await attest(network, node.url, installation) }
}

async function isReady({ network, node }: Stage): Promise<boolean> {
  return (await network.send({ method: 'GET', url: `${node.url}/readyz` })).status === 200
}

async function lookAtHealth({ network, node }: Stage, tally: Tally): Promise<void> {
  const live = await network.send({ method: 'GET', url: `${node.url}/livez` })
  tally.want(live.status === 200, 'the process lives on a full disk')
  const ready = await network.send({ method: 'GET', url: `${node.url}/readyz` })
  tally.want(
    ready.status === 503 && codeOf(ready) === 'temporarily_unavailable',
    '/readyz says that the service cannot do its work',
  )
  const { reason } = (ready.body ?? {}) as { reason?: string }
  tally.want(reason === 'STORAGE_FULL', '/readyz names STORAGE_FULL')
  tally.want(node.log().includes('STORAGE_FULL'), 'the log names STORAGE_FULL')
}

async function lookAfter(stage: Stage, tally: Tally, acknowledged: Acknowledged): Promise<void> {
  const { network, node, operator } = stage
  for (const build of acknowledged.builds) {
    const found = await operator.ask('GET', `/v1/apps/${webApp}/builds/${build}`)
    if (found.status !== 200) tally.losses++
  }
  const last = acknowledged.builds.at(-1)
  if (last !== undefined) {
    const served = async () => (await attest(network, node.url, install(webRelease(last)))).status === 200
    if ((await millisecondsUntil(served, 5_000)) === Infinity) tally.losses++
  }
  for (const phone of acknowledged.phones)
    if ((await attest(network, node.url, phone)).status !== 200) tally.losses++
  for (const phone of acknowledged.banned)
    if ((await attest(network, node.url, phone)).status === 200) tally.doubleAcceptances++
  const { body } = await succeed(operator.ask('GET', '/v1/audit/verify'))
  tally.want((body as { fault: unknown }).fault === null, 'the audit log is whole')
}

export const diskFaults: readonly Fault[] = [full]
