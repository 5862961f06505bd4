import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { label, type DecodedChallenge } from '@assay/protocol'
import { ProblemError } from '../../faults/problem-error.ts'
import {
  challengeOfKey,
  isMacOf,
  type Authenticated,
  type ChallengeKeys,
} from '../../attestation/challenge/challenge-keys.ts'
import type { Clock, Random } from '../../system/ports.ts'
import { StoreNotAnswering } from '../errors/storage-error.ts'
import { partitionOf, type Generation, type Generations } from './generations.ts'

/** Milliseconds after which knowledge of a generation is no longer relied on. */
const validFor = 3_000
/** Minimum milliseconds between two queries that challenges of an unknown generation cause. */
const askSpacing = 100

interface SharedKeyDependencies {
  /** 32 bytes that all nodes have, and Valkey does not. */
  secret: Uint8Array
  generations: Generations
  nonces: Random
  steady: Clock
}

/**
 * The keys of challenges that every node accepts: derived from a secret that the nodes share and from the generation,
 * so that a challenge from an ended generation no longer has a key.
 */
export function createSharedChallengeKeys(dependencies: SharedKeyDependencies): ChallengeKeys {
  const { generations, nonces, steady } = dependencies
  const keyOf = createKeyCache(dependencies.secret)
  let refreshedAt = -Infinity

  const current = (partition: number): Generation => {
    const generation = generations.of(partition)
    if (generation === undefined || steady() - generation.readAt > validFor)
      throw new StoreNotAnswering('STORAGE_VALKEY_NOT_ANSWERING', Math.random(), undefined)
    return generation
  }
  /** The generation that the challenge states, if it is the current one. */
  const present = async ({ head }: DecodedChallenge): Promise<Generation | undefined> => {
    const partition = partitionOf(head.random)
    const known = current(partition)
    if (known.number === head.keyNumber) return known
    // Another node may know of a generation before this one does; but a stranger must not make this one ask endlessly.
    const now = steady()
    if (now - refreshedAt >= askSpacing) {
      refreshedAt = now
      await generations.refresh()
    }
    const renewed = current(partition)
    return renewed.number === head.keyNumber ? renewed : undefined
  }

  return {
    issue(head, context) {
      const random = nonces(16)
      const generation = current(partitionOf(random))
      const issuedAt = Math.floor((steady() + generation.ahead) / 1000)
      const { number } = generation
      return challengeOfKey(keyOf(generation), { issuedAt, keyNumber: number, random, ...head }, context)
    },
    async authenticate(challenge, context): Promise<Authenticated> {
      const generation = await present(challenge)
      if (generation === undefined) throw new ProblemError('challenge_outdated')
      if (!isMacOf(keyOf(generation), challenge, context)) throw new ProblemError('challenge_invalid')
      return { keyId: generation.id, now: steady() + generation.ahead }
    },
  }
}

const purpose = label('assay/challenge-key/1')

function createKeyCache(secret: Uint8Array) {
  const keys: { id: string; key: KeyObject }[] = []
  return ({ partition, id }: Generation): KeyObject => {
    const known = keys[partition]
    if (known?.id === id) return known.key
    const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, Buffer.from(id), purpose, 32)))
    keys[partition] = { id, key }
    return key
  }
}
