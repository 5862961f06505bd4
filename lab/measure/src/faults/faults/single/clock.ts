import type { ChallengeResponse } from '@assay/protocol'
import type { Fault } from '../../fault/fault.ts'
import { answerBody, askChallenge, attest, install, sendAnswer } from '../../stage/installations.ts'
import { createTally } from '../../stage/tally.ts'
import { millisecondsUntil } from '../../node/until.ts'

const hour = 3_600_000

/** Milliseconds from the right time, one after the other. */
const settings = {
  'an hour forth': hour,
  'an hour back': -hour,
  'a day back, before the first key was made': -24 * hour,
  'ninety days forth': 90 * 24 * hour,
  'to the right time': 0,
} as const

const set: Fault = {
  name: 'clock.set',
  what: 'The clock of the machine is set an hour forth and back, a day back, ninety days forth and right again, while the service runs and before it starts: everybody attests, and no phone is forgotten',
  stores: ['sqlite', 'postgres'],
  async run(stage) {
    const tally = createTally()
    const phones = Array.from({ length: 3 }, () => install(stage.ios, stage.iphone()))
    for (const phone of phones) await attest(stage.network, stage.node.url, phone)
    const look = async (when: string) => {
      const { network, node } = stage
      const served = async () => (await attest(network, node.url, install(stage.web))).status === 200
      tally.recovered(await millisecondsUntil(served))
      for (const phone of phones) {
        tally.attempts++
        const { status } = await attest(network, node.url, phone)
        if (status !== 200) tally.losses++
      }
      const ready = await network.send({ method: 'GET', url: `${node.url}/readyz` })
      tally.want(ready.status === 200, `the service is ready ${when}`)
    }
    for (const [when, offset] of Object.entries(settings)) {
      const installation = install(stage.web)
      const asked = await askChallenge(stage.network, stage.node.url, installation)
      await stage.node.setClock(offset)
      const body = await answerBody(installation, asked.body as ChallengeResponse)
      const { status } = await sendAnswer(stage.network, stage.node.url, body)
      tally.attempts++
      tally.want(status === 200, `a challenge from before is answered when the clock is set ${when}`)
      await look(`when the clock is set ${when}`)
    }
    for (const [when, offset] of Object.entries(settings)) {
      await stage.node.stop()
      await stage.start({ clockOffset: offset })
      await look(`when it starts with the clock ${when}`)
    }
    return tally.outcome()
  },
}

export const clockFaults: readonly Fault[] = [set]
