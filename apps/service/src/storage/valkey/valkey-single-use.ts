import { challengeLifetime } from '@assay/protocol'
import type { SingleUse, UseOutcome } from '../../attestation/single-use.ts'
import { partitionOf, generationKey, useKey } from './generations.ts'
import type { Valkey } from './open-valkey.ts'

/**
 * Single use across all nodes that share the server: one call per use, which counts only in the generation of the
 * challenge.
 */
export function createValkeySingleUse(valkey: Pick<Valkey, 'call'>): SingleUse {
  return {
    isShared: true,
    async take({ challenge, binding, expiresAt, keyId }) {
      const { partition, name } = placeOf(challenge)
      const issuedAt = expiresAt - challengeLifetime * 1000
      const answer = await valkey.call(
        'assay_1_claim',
        [generationKey(partition), useKey(partition, name)],
        [keyId, binding, issuedAt, expiresAt],
      )
      return readOutcome(answer)
    },
    async release({ challenge, binding }) {
      const { partition, name } = placeOf(challenge)
      await valkey.call('assay_1_release', [useKey(partition, name)], [binding])
    },
  }
}

/** A challenge is identified by its 16 random bytes, which nobody chooses: characters 16 to 37 of its base64url. */
function placeOf(challenge: string): { partition: number; name: string } {
  const name = challenge.slice(16, 38)
  return { partition: partitionOf(Buffer.from(name, 'base64url')), name }
}

function readOutcome(answer: unknown): UseOutcome {
  const [state, at] = answer as [string, (number | undefined)?]
  if ((state === 'first' || state === 'repeat') && typeof at === 'number') return { state, at }
  if (state === 'used' || state === 'expired' || state === 'outdated') return { state }
  throw new Error('unexpected reply from Valkey to a use')
}
