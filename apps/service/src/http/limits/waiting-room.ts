/** The steps of an exchange with an app, in their order. */
export type Step = 'challenge' | 'attestation'

/** A request that waits for its turn. */
export interface Waiting {
  /** What has a turn of its own: a network. */
  readonly network: string
  readonly step: Step
  /** Of its body, which has come in whole. */
  readonly bytes: number
  /** Milliseconds, by the clock of the room. */
  readonly since: number
  /** Its sender has given up. */
  readonly isGone: () => boolean
  readonly admit: () => void
  readonly refuse: () => void
}

export interface WaitingRoom {
  /** Lets it wait; where there is no room, another one is refused, or this one. */
  enter(waiting: Waiting): void
  /** The one whose turn it is, which waits no longer; undefined: nobody waits. */
  next(): Waiting | undefined
  /** Refuses whoever has waited since before then. */
  refuseBefore(time: number): void
  size(): number
}

/** Of so many turns one is held apart for whoever has waited longest. */
const turnsForOldest = 8

/** How much of the room challenges may take: the rest is held apart for attestations. */
const shareOfChallenges = 3 / 4

type Queues = Record<Step, Waiting[]>

/**
 * Who comes next of those who wait. Networks take turns, so that one with a thousand requests holds up the others no longer
 * than one with a single request. In each round those with an attestation come first, and in a network attestations come
 * before challenges: of an exchange that has cost something already, the rest is worth more than the beginning of another. Every
 * eighth turn goes to whoever has waited longest, wherever from. Where the room is full, the oldest is refused: of the network that
 * the newcomer comes from if that has more than its share of the room, otherwise of all.
 */
export function createWaitingRoom(most: { requests: number; bytes: number }): WaitingRoom {
  const oldestFirst = new Set<Waiting>()
  const networks = new Map<string, Queues>()
  /** Networks whose turn is yet to come in this round, the next one last. */
  let round: string[] = []
  let turns = 0
  let challenges = 0
  let bytes = 0

  const leave = (waiting: Waiting): Waiting => {
    oldestFirst.delete(waiting)
    bytes -= waiting.bytes
    if (waiting.step === 'challenge') challenges--
    return waiting
  }
  /** The first that still waits: whoever has left otherwise is dropped here. */
  const firstOf = (queue: Waiting[]): Waiting | undefined => {
    while (queue[0] !== undefined && !oldestFirst.has(queue[0])) queue.shift()
    return queue[0]
  }
  const firstOfNetwork = (name: string): Waiting | undefined => {
    const queues = networks.get(name)
    if (queues === undefined) return undefined
    const first = firstOf(queues.attestation) ?? firstOf(queues.challenge)
    if (first === undefined) networks.delete(name)
    return first
  }
  const newRound = (): string[] => {
    const names = [...networks.keys()].reverse()
    const isLater = (name: string) => firstOf((networks.get(name) as Queues).attestation) !== undefined
    return [...names.filter((name) => !isLater(name)), ...names.filter(isLater)]
  }
  const firstOfAll = (): Waiting | undefined => oldestFirst.values().next().value
  const inTurn = (): Waiting | undefined => {
    turns = (turns + 1) % turnsForOldest
    if (turns === 0) return firstOfAll()
    for (let rounds = 0; rounds < 2; rounds++) {
      for (let name = round.pop(); name !== undefined; name = round.pop()) {
        const first = firstOfNetwork(name)
        if (first !== undefined) return first
      }
      round = newRound()
    }
    return firstOfAll()
  }
  const isFull = ({ step, bytes: more }: Waiting) =>
    oldestFirst.size >= most.requests ||
    bytes + more > most.bytes ||
    (step === 'challenge' && challenges >= most.requests * shareOfChallenges)
  const makeRoom = (network: string) => {
    const queues = networks.get(network)
    const own = queues === undefined ? 0 : queues.attestation.length + queues.challenge.length
    const hasMore = own > oldestFirst.size / networks.size
    const oldest = (hasMore ? firstOfNetwork(network) : undefined) ?? firstOfAll()
    if (oldest !== undefined) leave(oldest).refuse()
  }

  return {
    enter(waiting) {
      const { network, step } = waiting
      if (isFull(waiting)) makeRoom(network)
      if (isFull(waiting)) {
        waiting.refuse()
        return
      }
      let queues = networks.get(network)
      if (queues === undefined) networks.set(network, (queues = { challenge: [], attestation: [] }))
      queues[step].push(waiting)
      oldestFirst.add(waiting)
      bytes += waiting.bytes
      if (step === 'challenge') challenges++
    },
    next() {
      for (;;) {
        const waiting = inTurn()
        if (waiting === undefined) return undefined
        leave(waiting)
        if (!waiting.isGone()) return waiting
      }
    },
    refuseBefore(time) {
      for (const waiting of oldestFirst) {
        if (waiting.since >= time) return
        leave(waiting).refuse()
      }
    },
    size: () => oldestFirst.size,
  }
}
