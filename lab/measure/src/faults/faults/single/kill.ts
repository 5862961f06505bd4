import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { Jwks } from '@assay/protocol'
import type { Fault, Length } from '../../fault/fault.ts'
import { iosApp, scriptsOf, succeed, webApp, webRelease, zipOf } from '../../stage/apps.ts'
import { attest, install, kidOf, type Installation } from '../../stage/installations.ts'
import { enrol, exchange, lookAtPhone, type EnrolledPhone, type KeptPhone } from '../../stage/phones.ts'
import type { StartTimes } from '../../node/node.ts'
import type { Stage } from '../../stage/stage.ts'
import { createTally, type Tally } from '../../stage/tally.ts'

/** Number of kills of each kind, on each store. */
const kills: Record<Length, number> = { short: 2, long: 50 }

/** The longest time until the first acknowledgement, in milliseconds. */
const longestStart = 5_000

/** Work on the service until it is killed, and a check of the acknowledged changes. */
interface Work {
  /** Works until the service is gone. @param acknowledged called for each acknowledged change */
  work(acknowledged: () => void): Promise<void>
  /** Checks the service after its restart. */
  look(tally: Tally): Promise<void>
}

/** Kills the service in the middle of its work, again and again, each time a few milliseconds later. */
async function killRepeatedly(stage: Stage, length: Length, prepare: () => Promise<Work>): Promise<Tally> {
  const tally = createTally()
  let slowest: StartTimes | undefined
  for (let round = 0; round < kills[length]; round++) {
    const { work, look } = await prepare()
    const first = new AbortController()
    const working = work(() => first.abort())
    await Promise.race([once(first.signal, 'abort'), wait(longestStart)])
    await wait((round * 37) % 200)
    await stage.node.kill()
    await working
    tally.attempts++
    tally.recovered(await stage.start())
    const { started } = stage.node
    if (slowest === undefined || started.all > slowest.all) slowest = started
    await look(tally)
  }
  if (slowest !== undefined) tally.fact('slowest start', described(slowest))
  return tally
}

function described({ all, onProcessor, waitedForProcessor }: StartTimes): string {
  const [took, ran, waited] = [all, onProcessor, waitedForProcessor].map(Math.round)
  return `${took} ms, of them ${ran} on a processor and ${waited} waiting for one`
}

const registering: Fault = {
  name: 'kill.registering',
  what: '`kill -9` while builds are registered: each acknowledged build is there and attests, and the service takes new ones',
  stores: ['sqlite', 'postgres'],
  async run(stage, length) {
    let made = 0
    const tally = await killRepeatedly(stage, length, async () => {
      const acknowledged: string[] = []
      const next = async () => {
        const build = `k${++made}`
        return { build, file: await zipOf(scriptsOf(build)) }
      }
      return {
        work: async (acknowledge) => {
          for (;;) {
            const { build, file } = await next()
            const { status } = await stage.operator.upload(webApp, build, file)
            if (status !== 201) return
            acknowledged.push(build)
            acknowledge()
          }
        },
        look: async (tally) => {
          for (const build of acknowledged) {
            const found = await stage.operator.ask('GET', `/v1/apps/${webApp}/builds/${build}`)
            if (found.status !== 200) tally.losses++
          }
          const last = acknowledged.at(-1)
          if (last !== undefined) {
            const answer = await attest(stage.network, stage.node.url, install(webRelease(last)))
            if (answer.status !== 200) tally.losses++
          }
          const { build, file } = await next()
          const { status } = await stage.operator.upload(webApp, build, file)
          tally.want(status === 201, 'a build is registered after the restart')
        },
      }
    })
    tally.fact('builds', made)
    return tally.outcome()
  },
}

const banning: Fault = {
  name: 'kill.banning',
  what: '`kill -9` while phones are banned: no phone whose ban was acknowledged gets a token again',
  stores: ['sqlite', 'postgres'],
  async run(stage, length) {
    let banned = 0
    const tally = await killRepeatedly(stage, length, async () => {
      const phones = await enrol(stage, 24)
      const acknowledged: Installation[] = []
      const untouched = phones.pop() as EnrolledPhone
      return {
        work: async (acknowledge) => {
          for (const { installation, pseudonym } of phones) {
            const body = { audience: installation.audiences[0], installation: pseudonym }
            const { status } = await stage.operator.ask('POST', `/v1/apps/${iosApp}/bans`, body)
            if (status !== 201) return
            acknowledged.push(installation)
            acknowledge()
          }
        },
        look: async (tally) => {
          banned += acknowledged.length
          for (const installation of acknowledged) {
            const { status } = await attest(stage.network, stage.node.url, installation)
            if (status === 200) tally.doubleAcceptances++
            else tally.want(status === 403, 'a banned phone is denied')
          }
          const { status } = await attest(stage.network, stage.node.url, untouched.installation)
          if (status !== 200) tally.losses++
        },
      }
    })
    tally.fact('bans', banned)
    tally.want(banned > 0, 'bans were acknowledged before a kill')
    return tally.outcome()
  },
}

const attesting: Fault = {
  name: 'kill.attesting',
  what: '`kill -9` while phones enrol and refresh: each acknowledged enrolment is remembered, no counter and no challenge is accepted again',
  stores: ['sqlite', 'postgres'],
  async run(stage, length) {
    let acknowledged = 0
    const tally = await killRepeatedly(stage, length, async () => {
      const phones: KeptPhone[] = Array.from({ length: 8 }, () => ({
        installation: install(stage.ios, stage.iphone()),
      }))
      const live = async (phone: KeptPhone, acknowledge: () => void) => {
        while ((await exchange(stage.network, stage.node.url, phone)).status === 200) {
          acknowledged++
          acknowledge()
        }
      }
      return {
        work: async (acknowledge) =>
          void (await Promise.all(phones.map((phone) => live(phone, acknowledge)))),
        look: async (tally) => {
          for (const phone of phones) await lookAtPhone(stage.network, stage.node.url, phone, tally)
        },
      }
    })
    tally.fact('acknowledged', acknowledged)
    tally.want(acknowledged > 0, 'attestations were acknowledged before a kill')
    return tally.outcome()
  },
}

const rotating: Fault = {
  name: 'kill.rotating',
  what: '`kill -9` while signing keys are rotated: the acknowledged key is published, withdrawn ones are not, and there is a key to sign with',
  stores: ['sqlite', 'postgres'],
  async run(stage, length) {
    let rotations = 0
    const tally = await killRepeatedly(stage, length, async () => {
      const withdrawn = new Set<string>()
      let current: string | undefined
      return {
        work: async (acknowledge) => {
          for (;;) {
            const { status, body } = await stage.operator.ask('POST', '/v1/signing-keys/rotate', {})
            if (status !== 200) return
            rotations++
            acknowledge()
            const rotation = body as { kid: string; withdrawn: string[] }
            current = rotation.kid
            for (const kid of rotation.withdrawn) withdrawn.add(kid)
          }
        },
        look: async (tally) => {
          const { node, network, operator } = stage
          const { body } = await succeed(operator.ask('GET', '/.well-known/jwks.json'))
          const published = (body as Jwks).keys.map(({ kid }) => kid)
          tally.doubleAcceptances += published.filter((kid) => withdrawn.has(kid)).length
          const signing = await attest(network, node.url, install(stage.web))
          tally.want(signing.status === 200, 'tokens are signed after the restart')
          if (signing.status !== 200) return
          if (withdrawn.has(kidOf(signing))) tally.doubleAcceptances++
          if (!published.includes(kidOf(signing))) tally.losses++
          // An unacknowledged rotation may have run and withdrawn this key: then another one signs.
          if (current !== undefined && !published.includes(current) && kidOf(signing) === current)
            tally.losses++
        },
      }
    })
    tally.fact('rotations', rotations)
    tally.want(rotations > 0, 'rotations were acknowledged before a kill')
    return tally.outcome()
  },
}

export const killFaults: readonly Fault[] = [registering, banning, attesting, rotating]
