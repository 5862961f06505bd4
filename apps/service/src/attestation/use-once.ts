import { ProblemError } from '../faults/problem-error.ts'
import type { Clock } from '../system/ports.ts'
import type { Outcome } from './model/outcome.ts'
import type { SingleUse, Use } from './single-use.ts'

/** When an exchange is judged. */
export interface JudgedAt {
  /** Milliseconds since 1970: when its challenge was first used. */
  at: number
  /** The same client data came before. Nothing is counted, stored or requested a second time. */
  isRepeat: boolean
}

interface Order {
  use: Use
  /** Whether the same client data may get its tokens again. */
  isRepeatable: boolean
}

/** The outcome of a use, and whether another request with the same client data came before. */
interface Used {
  outcome: Outcome
  isRepeat: boolean
}

interface UnderWay {
  /**
   * Undefined once it has ended. The map's own memory outlives its entries, and must not keep whole exchanges with it.
   */
  used: Promise<Used> | undefined
}

/**
 * Lets one client data use a challenge. A repeat waits for the first use if that is under way in this process, and
 * shares its outcome; later it does the same work again, as of the time of the first. A malfunction does not use up the
 * challenge: the same client data may come again.
 *
 * `work` throws if a quota refuses the exchange; in that case too the challenge stays free.
 *
 * @throws ProblemError `challenge_used`, `challenge_expired`, `challenge_outdated`, `temporarily_unavailable`, and what `work` throws
 */
export type UseOnce = (order: Order, work: (judgedAt: JudgedAt) => Promise<Outcome>) => Promise<Used>

/**
 * Milliseconds within which another node should finish the exchange that it began. If it does not, both do the same
 * work, and what they write is the same.
 */
const concludedWithin = 2_000

export function createUseOnce(singleUse: SingleUse, clock: Clock): UseOnce {
  /** By challenge and binding: what this process is working on. */
  const underWay = new Map<string, UnderWay>()

  const first = async ({ use, isRepeatable }: Order, work: Promise<Outcome>): Promise<Outcome> => {
    // If the store fails too, the challenge stays used, which costs the client a new one.
    const release = () => singleUse.release(use).catch(() => undefined)
    const outcome = await work.catch(async (error: unknown) => {
      await release()
      throw error
    })
    if (outcome.outcome === 'malfunction' && !isRepeatable) await release()
    return outcome
  }

  const begin = async (order: Order, work: (judgedAt: JudgedAt) => Promise<Outcome>): Promise<Used> => {
    const taken = await singleUse.take(order.use)
    switch (taken.state) {
      case 'first':
        return {
          outcome: await first(order, work({ at: taken.at, isRepeat: false })),
          isRepeat: false,
        }
      case 'repeat':
        // A bearer token that is issued twice could have two holders.
        if (!order.isRepeatable) throw new ProblemError('challenge_used')
        if (singleUse.isShared && Math.abs(clock() - taken.at) < concludedWithin)
          throw new ProblemError('temporarily_unavailable', { retryAfter: concludedWithin / 1000 })
        return { outcome: await work({ at: taken.at, isRepeat: true }), isRepeat: true }
      case 'used':
        throw new ProblemError('challenge_used')
      case 'expired':
        throw new ProblemError('challenge_expired')
      case 'outdated':
        throw new ProblemError('challenge_outdated')
      case 'full':
        throw new ProblemError('temporarily_unavailable', { retryAfter: 10 })
    }
  }

  return async (order, work) => {
    const key = `${order.use.challenge} ${order.use.binding}`
    const known = underWay.get(key)?.used
    if (known !== undefined) {
      if (!order.isRepeatable) throw new ProblemError('challenge_used')
      const { outcome } = await known
      return { outcome, isRepeat: true }
    }
    const used = begin(order, work)
    const begun: UnderWay = { used }
    underWay.set(key, begun)
    try {
      return await used
    } finally {
      underWay.delete(key)
      begun.used = undefined
    }
  }
}
