import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import {
  challengeMacInput,
  encodeChallenge,
  encodeChallengeHead,
  equalBytes,
  type ChallengeContext,
  type ChallengeHead,
  type DecodedChallenge,
} from '@assay/protocol'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Clock, Random } from '../../system/ports.ts'

/** A challenge that this service issued. */
export interface Authenticated {
  /** Names the key that authenticates it; empty where there is only one. */
  keyId: string
  /** Milliseconds since 1970, by the clock by which challenges are issued. */
  now: number
}

/** What authenticates challenges. */
export interface ChallengeKeys {
  /**
   * A challenge that bears the current time.
   *
   * @throws RetryableError if there is no key at the moment
   */
  issue(head: Omit<ChallengeHead, 'keyNumber' | 'random' | 'issuedAt'>, context: ChallengeContext): string
  /**
   * Finds whether this service issued the challenge for exactly this context.
   *
   * @throws ProblemError `challenge_invalid`, and `challenge_outdated` if its key no longer exists
   */
  authenticate(challenge: DecodedChallenge, context: ChallengeContext): Authenticated | Promise<Authenticated>
}

interface KeyDependencies {
  /** Makes the key. */
  random: Random
  /** Makes the random part of each challenge. */
  nonces: Random
  clock: Clock
}

/**
 * The key of one process. It is generated at each start and never leaves memory, so no challenge survives a restart:
 * what the single-use store forgets with the process cannot be used again.
 */
export function createChallengeKeys({ random, nonces, clock }: KeyDependencies): ChallengeKeys {
  const [keyNumber = 0] = random(1)
  const key = createSecretKey(random(32))

  return {
    issue(head, context) {
      const issuedAt = Math.floor(clock() / 1000)
      return challengeOfKey(key, { issuedAt, keyNumber, random: nonces(16), ...head }, context)
    },
    authenticate(challenge, context) {
      if (challenge.head.keyNumber !== keyNumber || !isMacOf(key, challenge, context))
        throw new ProblemError('challenge_invalid')
      return { keyId: '', now: clock() }
    },
  }
}

/** The challenge with this head, authenticated for the context. */
export function challengeOfKey(key: KeyObject, head: ChallengeHead, context: ChallengeContext): string {
  const headBytes = encodeChallengeHead(head)
  return encodeChallenge(headBytes, macOf(key, headBytes, context))
}

/** Whether the key authenticates the challenge for the context. */
export function isMacOf(
  key: KeyObject,
  { headBytes, mac }: DecodedChallenge,
  context: ChallengeContext,
): boolean {
  return equalBytes(mac, macOf(key, headBytes, context).subarray(0, mac.length))
}

function macOf(key: KeyObject, headBytes: Uint8Array, context: ChallengeContext): Buffer {
  return createHmac('sha256', key).update(challengeMacInput(headBytes, context)).digest()
}
