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
import type { Random } from '../../system/ports.ts'

export type ChallengeKeys = ReturnType<typeof createChallengeKeys>

/**
 * The key under which challenges are authenticated. It is generated at each start and never leaves memory, so no
 * challenge survives a restart: what single use forgets with the process cannot be used again.
 *
 * @param random makes the key
 * @param nonces makes the random part of each challenge
 */
export function createChallengeKeys(random: Random, nonces: Random) {
  const [keyNumber = 0] = random(1)
  const key = createSecretKey(random(32))

  return {
    issue(head: Omit<ChallengeHead, 'keyNumber' | 'random'>, context: ChallengeContext): string {
      const headBytes = encodeChallengeHead({ ...head, keyNumber, random: nonces(16) })
      return encodeChallenge(headBytes, mac(key, headBytes, context))
    },
    /** Whether this service, since its start, issued the challenge for exactly this context. */
    verify({ head, headBytes, mac: given }: DecodedChallenge, context: ChallengeContext): boolean {
      if (head.keyNumber !== keyNumber) return false
      return equalBytes(given, mac(key, headBytes, context).subarray(0, given.length))
    },
  }
}

function mac(key: KeyObject, headBytes: Uint8Array, context: ChallengeContext): Buffer {
  return createHmac('sha256', key).update(challengeMacInput(headBytes, context)).digest()
}
