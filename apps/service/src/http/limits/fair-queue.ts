import { createWaitingQueue, type Place, type WaitingQueue } from './waiting-queue.ts'

/** The steps of an exchange with an app, in their order. */
export type Step = 'challenge' | 'attestation'

/** A request that waits to be taken in. */
export interface WaitingRequest {
  /** Networks are served round-robin. */
  readonly network: string
  readonly step: Step
  /** Bytes of its body, which has arrived completely. */
  readonly bytes: number
  /** Milliseconds, by the clock of the queue. */
  readonly since: number
  /** Its sender has given up. */
  readonly isGone: () => boolean
  readonly takeIn: () => void
  readonly refuse: () => void
}

export interface FairQueue {
  /** Lets it wait; if there is no space, another request is refused, or this one. */
  add(waiting: WaitingRequest): void
  /** Takes out the next one; undefined: nobody waits. */
  next(): WaitingRequest | undefined
  /** Refuses every request that has waited since before then. */
  refuseBefore(time: number): void
  size(): number
}

/** One in so many is the request that has waited longest. */
const oldestEvery = 8

/** How much of the space challenges may take: the rest is reserved for attestations. */
const shareOfChallenges = 3 / 4

/** The waiting requests, the oldest of each step first. */
type Queues = Record<Step, WaitingQueue<WaitingRequest>>

const newQueues = (): Queues => ({ challenge: createWaitingQueue(), attestation: createWaitingQueue() })
const sizeOf = ({ challenge, attestation }: Queues) => challenge.size() + attestation.size()

function oldestOf(queues: Queues): WaitingRequest | undefined {
  const [challenge, attestation] = [queues.challenge.first(), queues.attestation.first()]
  if (challenge === undefined || attestation === undefined) return challenge ?? attestation
  return challenge.since < attestation.since ? challenge : attestation
}

/**
 * Decides which waiting request comes next. Networks are served round-robin, so that one with a thousand requests delays
 * the others no longer than one with a single request. In each round networks with an attestation come first, and within
 * a network attestations come before challenges: finishing an exchange that has already cost something is worth more
 * than starting another. Every eighth is the request that has waited longest, wherever it comes from. If the queue is
 * full, the oldest is refused: of the newcomer's network if that has more than its share of the space, otherwise of all.
 * If only the part for challenges is full, that is the oldest challenge.
 */
export function createFairQueue(most: { requests: number; bytes: number }): FairQueue {
  const all = newQueues()
  /** The place of each request: among all, and in its network. */
  const places = new Map<WaitingRequest, readonly [Place<WaitingRequest>, Place<WaitingRequest>]>()
  const networks = new Map<string, Queues>()
  /** Networks that have yet to be served in this round, the next one last. */
  let round: string[] = []
  let chosen = 0
  let bytes = 0

  const leave = (waiting: WaitingRequest): WaitingRequest => {
    const { network, step } = waiting
    const queues = networks.get(network) as Queues
    const [ofAll, ofNetwork] = places.get(waiting) as readonly [Place<WaitingRequest>, Place<WaitingRequest>]
    places.delete(waiting)
    all[step].remove(ofAll)
    queues[step].remove(ofNetwork)
    if (sizeOf(queues) === 0) networks.delete(network)
    bytes -= waiting.bytes
    return waiting
  }
  const firstOfNetwork = (name: string): WaitingRequest | undefined => {
    const queues = networks.get(name)
    return queues?.attestation.first() ?? queues?.challenge.first()
  }
  const newRound = (): string[] => {
    const names = [...networks.keys()].reverse()
    const isLater = (name: string) => (networks.get(name) as Queues).attestation.size() > 0
    return [...names.filter((name) => !isLater(name)), ...names.filter(isLater)]
  }
  const choose = (): WaitingRequest | undefined => {
    chosen = (chosen + 1) % oldestEvery
    if (chosen === 0) return oldestOf(all)
    for (let rounds = 0; rounds < 2; rounds++) {
      for (let name = round.pop(); name !== undefined; name = round.pop()) {
        const first = firstOfNetwork(name)
        if (first !== undefined) return first
      }
      round = newRound()
    }
    return oldestOf(all)
  }
  const isShareFull = (step: Step) =>
    step === 'challenge' && all.challenge.size() >= most.requests * shareOfChallenges
  const isFull = ({ step, bytes: more }: WaitingRequest) =>
    places.size >= most.requests || bytes + more > most.bytes || isShareFull(step)
  const makeSpace = ({ network, step }: WaitingRequest) => {
    const isOfChallenges = isShareFull(step)
    const count = (queues: Queues) => (isOfChallenges ? queues.challenge.size() : sizeOf(queues))
    const own = networks.get(network)
    const from = own !== undefined && count(own) > count(all) / networks.size ? own : all
    const oldest = isOfChallenges ? from.challenge.first() : oldestOf(from)
    if (oldest !== undefined) leave(oldest).refuse()
  }

  return {
    add(waiting) {
      const { network, step } = waiting
      if (isFull(waiting)) makeSpace(waiting)
      if (isFull(waiting)) {
        waiting.refuse()
        return
      }
      let queues = networks.get(network)
      if (queues === undefined) networks.set(network, (queues = newQueues()))
      places.set(waiting, [all[step].add(waiting), queues[step].add(waiting)])
      bytes += waiting.bytes
    },
    next() {
      for (;;) {
        const waiting = choose()
        if (waiting === undefined) return undefined
        leave(waiting)
        if (!waiting.isGone()) return waiting
      }
    },
    refuseBefore(time) {
      for (const { first } of [all.attestation, all.challenge])
        for (let oldest = first(); oldest !== undefined && oldest.since < time; oldest = first())
          leave(oldest).refuse()
    },
    size: () => places.size,
  }
}
