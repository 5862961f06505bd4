import { ProblemError } from '../faults/problem-error.ts'

/** The result of claiming a challenge. */
export type Claim<Answer> =
  /** Nobody has used it, or a malfunction released it: this caller works on it and settles the claim once. */
  | { state: 'first'; settle(answer: Answer): void; release(): void }
  /** The same client data came before: the answer it got, or will get. `undefined`: that attempt malfunctioned. */
  | { state: 'repeat'; answer: Promise<Answer | undefined> }
  /** Other client data used it. */
  | { state: 'used' }
  /** It has expired. */
  | { state: 'expired' }
  /** The store remembers as many challenges as it may hold. */
  | { state: 'full' }

/** Each challenge accepts one client data, whose repetitions get the same answer. */
export interface SingleUse<Answer> {
  /**
   * Atomic: of several callers with one challenge exactly one is `first`.
   *
   * @param expiresAt milliseconds since 1970: until when the challenge is valid
   */
  claim(challenge: string, binding: string, expiresAt: number): Claim<Answer>
}

/** One use of a challenge. */
interface Use {
  challenge: string
  binding: string
  /** Milliseconds since 1970: until when the challenge is valid. */
  expiresAt: number
  /** Whether the same client data may get its answer again. */
  isRepeatable: boolean
}

/**
 * Lets the first use of a challenge do the work, and gives repetitions of the same client data the same answer. A
 * malfunction uses nothing up.
 *
 * @throws ProblemError `challenge_used`, `challenge_expired`, `temporarily_unavailable`
 */
export async function useOnce<Answer extends { outcome: string }>(
  singleUse: SingleUse<Answer>,
  { challenge, binding, expiresAt, isRepeatable }: Use,
  work: () => Promise<Answer>,
): Promise<{ outcome: Answer; repeated: boolean }> {
  const claim = singleUse.claim(challenge, binding, expiresAt)
  switch (claim.state) {
    case 'first': {
      const outcome = await work()
      if (outcome.outcome === 'malfunction') claim.release()
      else claim.settle(outcome)
      return { outcome, repeated: false }
    }
    case 'repeat': {
      if (!isRepeatable) throw new ProblemError('challenge_used')
      const outcome = await claim.answer
      if (outcome === undefined) throw new ProblemError('temporarily_unavailable', { retryAfter: 1 })
      return { outcome, repeated: true }
    }
    case 'used':
      throw new ProblemError('challenge_used')
    case 'expired':
      throw new ProblemError('challenge_expired')
    case 'full':
      throw new ProblemError('temporarily_unavailable', { retryAfter: 10 })
  }
}

interface Entry<Answer> {
  binding: string
  expiresAt: number
  /** `undefined`: free for the same binding. */
  answer: Promise<Answer | undefined> | undefined
}

const sweepInterval = 5_000

/**
 * In memory, for one process. An entry is forgotten when its challenge has expired; should the clock be set
 * back afterwards, a challenge no younger than one forgotten is refused, so that none is accepted twice. Nothing is
 * evicted to make room, for the same reason.
 */
export function createMemorySingleUse<Answer>(capacity: number, clock: () => number): SingleUse<Answer> {
  const entries = new Map<string, Entry<Answer>>()
  let forgottenUntil = 0
  let nextSweep = 0

  const sweep = (now: number) => {
    if (now < nextSweep) return
    nextSweep = now + sweepInterval
    for (const [challenge, { expiresAt }] of entries) {
      if (expiresAt > now) continue
      entries.delete(challenge)
      forgottenUntil = Math.max(forgottenUntil, expiresAt)
    }
  }

  return {
    claim(challenge, binding, expiresAt) {
      const now = clock()
      sweep(now)
      const known = entries.get(challenge)
      if (known === undefined) {
        if (expiresAt <= Math.max(forgottenUntil, now)) return { state: 'expired' }
        if (entries.size >= capacity) return { state: 'full' }
      } else {
        if (known.binding !== binding) return { state: 'used' }
        if (known.answer !== undefined) return { state: 'repeat', answer: known.answer }
      }
      const { promise, resolve } = withResolvers<Answer | undefined>()
      const entry: Entry<Answer> = { binding, expiresAt, answer: promise }
      entries.set(challenge, entry)
      return {
        state: 'first',
        settle: resolve,
        release: () => {
          entry.answer = undefined
          resolve(undefined)
        },
      }
    },
  }
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
