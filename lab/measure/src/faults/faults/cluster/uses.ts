import { randomBytes } from 'node:crypto'
import { Redis } from 'iovalkey'
import type { PrivateValkey } from '@assay/testkit'
import { weaken } from '../../cluster/weaken.ts'
import type { Fault, Length } from '../../fault/fault.ts'
import { createTally } from '../../stage/tally.ts'

/** Uses of one challenge with different client data, over the connections of three nodes. */
const racers = 8
const connections = 3
/** Challenges in use at the same time. */
const atOnce = 16

const attempts: Record<Length, number> = { short: 16_000, long: 1_000_000 }

/** Result of the one call that enforces single use. */
type State = 'first' | 'repeat' | 'used' | 'expired' | 'outdated'

/** Uses each challenge several times at once, directly at Valkey. @returns how often each was accepted */
async function raceFor(server: PrivateValkey, challenges: number): Promise<number[]> {
  const clients = Array.from({ length: connections }, () => new Redis(server.port, '127.0.0.1'))
  const accepted: number[] = []
  const raceOnce = async (round: number) => {
    const place = `assay:{${round % 16}}`
    const fresh = randomBytes(16).toString('base64url')
    const client = (i: number) => clients[i % connections] as Redis
    const [id, , now] = (await client(round).fcall(
      'assay_1_generation',
      1,
      `${place}:generation`,
      fresh,
      0,
    )) as [string, number, number]
    const answers = Array.from({ length: racers }, (_, i) =>
      client(round + i).fcall(
        'assay_1_claim',
        2,
        `${place}:generation`,
        `${place}:${fresh}`,
        id,
        `racer-${i}`,
        now,
        now + 120_000,
      ),
    )
    const states = (await Promise.all(answers)) as [State][]
    accepted.push(states.filter(([state]) => state === 'first').length)
  }
  let next = 0
  const runner = async () => {
    while (next < challenges) await raceOnce(next++)
  }
  try {
    await Promise.all(Array.from({ length: atOnce }, runner))
  } finally {
    for (const client of clients) client.disconnect()
  }
  return accepted
}

export const uses: Fault = {
  name: 'cluster.uses',
  what: 'eight uses of one challenge arrive at Valkey at once, without HTTP: one is accepted',
  stores: ['cluster'],
  async run({ cluster: { valkey } }, length) {
    const tally = createTally()
    const accepted = await raceFor(valkey, attempts[length] / racers)
    tally.attempts = accepted.length * racers
    tally.doubleAcceptances = accepted.reduce((sum, each) => sum + Math.max(0, each - 1), 0)
    tally.fact('challenges', accepted.length)
    tally.fact(
      'accepted',
      accepted.reduce((sum, each) => sum + each, 0),
    )
    tally.want(!accepted.includes(0), 'one of the uses is accepted')
    await weaken(valkey, 'use')
    const [without = 0] = await raceFor(valkey, 1)
    tally.fact('accepted of eight without the check', without)
    tally.want(without > 1, 'without the check several are accepted')
    return tally.outcome()
  },
}
