import { setTimeout as wait } from 'node:timers/promises'
import type { ChallengeResponse } from '@assay/protocol'
import { weaken } from '../../cluster/weaken.ts'
import type { Fault, Length } from '../../fault/fault.ts'
import { answerBody, askChallenge, install, sendAnswer } from '../../stage/installations.ts'
import type { Stage } from '../../stage/stage.ts'
import { createTally } from '../../stage/tally.ts'
import { urlOf } from './used.ts'

/** Answers with different client data to one challenge, all at once, across all nodes. */
const racers = 8
const raced: Record<Length, number> = { short: 50, long: 2_500 }

/** Megabytes by which a node's memory, without garbage, may grow after the warm-up. */
const growth = 32

/** How many answers to one challenge are accepted. */
async function raceOnce({ cluster, network, web }: Stage, round: number): Promise<number> {
  const installation = install(web)
  const asked = await askChallenge(network, urlOf(cluster, round), installation)
  const bodies = await Promise.all(
    Array.from({ length: racers }, (_, i) =>
      answerBody({ ...installation, sdk: `racer/${i}` }, asked.body as ChallengeResponse),
    ),
  )
  const answers = await Promise.all(bodies.map((body, i) => sendAnswer(network, urlOf(cluster, i), body)))
  return answers.filter(({ status }) => status === 200).length
}

export const race: Fault = {
  name: 'cluster.race',
  what: 'eight answers to one challenge arrive at three nodes at once: one is accepted',
  stores: ['cluster'],
  async run(stage, length) {
    const { cluster } = stage
    const tally = createTally()
    const rounds = raced[length]
    let unanswered = 0
    const resident = () => Math.round(Math.max(...cluster.nodes.map((node) => node.resident())))
    // The amount of garbage depends on when the heap was last collected: only what remains counts.
    const held = async () => {
      const withGarbage = resident()
      await Promise.all(cluster.nodes.map((node) => node.collect()))
      // Its pages go back to the system gradually.
      await wait(1_000)
      return { withGarbage, stays: resident() }
    }
    let warm = { withGarbage: 0, stays: 0 }
    for (let round = 0; round < rounds; round += 1) {
      if (round === Math.floor(rounds / 4)) warm = await held()
      const accepted = await raceOnce(stage, round)
      tally.attempts += racers
      tally.doubleAcceptances += Math.max(0, accepted - 1)
      if (accepted === 0) unanswered += 1
    }
    tally.want(unanswered === 0, 'one of the answers is accepted')
    const last = await held()
    tally.fact('resident MB', `${warm.stays} after a quarter, ${last.stays} at the end`)
    tally.fact('with garbage', `${warm.withGarbage} and ${last.withGarbage}`)
    tally.want(last.stays - warm.stays <= growth, `no node grows by more than ${growth} MB`)
    await weaken(cluster.valkey, 'use')
    await wait(100)
    const accepted = await raceOnce(stage, 0)
    tally.fact('accepted of eight without the check', accepted)
    tally.want(accepted > 1, 'without the check several are accepted')
    return tally.outcome()
  },
}
