import type { Jwks } from '@assay/protocol'
import {
  activeKey,
  exportPrivate,
  generateSigningKey,
  importPrivate,
  planRotation,
  publishedJwks,
  signsUntil,
  type RotationAction,
  type SigningKey,
} from '@assay/tokens'
import { ProblemError } from '../faults/problem-error.ts'
import type { Clock } from '../system/ports.ts'
import type { SigningKeyStore, StoredSigningKey } from './ports.ts'

/** ES256, which verifies in half the time of Ed25519 and which every relying party knows. */
const algorithm = 'ES256'
/** Rounds of reading and writing after which rotation must have settled. */
const mostRounds = 5

interface SigningKeyDependencies {
  signingKeys: SigningKeyStore
  clock: Clock
  /** Present if other nodes may withdraw keys. */
  lease?: SigningLease | undefined
}

/** For how long after it has read the keys a node may sign with them. */
interface SigningLease {
  /** @throws a temporary malfunction if this node has none */
  check(): void
  /** Resolves once no node has one that began before this call. */
  outlast(): Promise<void>
}

/** Answer to `POST /v1/signing-keys/rotate`. */
export interface Rotation {
  /** The key that signs from now on. */
  kid: string
  /** Keys that are no longer published: relying parties refuse what they signed once they have read the JWKS again. */
  withdrawn: string[]
}

export type SigningKeyUseCases = ReturnType<typeof createSigningKeyUseCases>

/** The keys that sign tokens: made, published, used and ended on schedule. */
export function createSigningKeyUseCases({ signingKeys, clock, lease }: SigningKeyDependencies) {
  let ring: readonly SigningKey[] = []
  const wallTime = () => Math.floor(clock() / 1000)
  /**
   * Seconds. Keys were made before now: a clock that says otherwise was set back, and must not leave the service
   * without a key.
   */
  let notBefore = 0
  const now = () => Math.max(notBefore, wallTime())

  /** Only the next reading shows the result: another node may have been faster. */
  const carryOut = async (
    action: RotationAction,
    stored: readonly StoredSigningKey[],
    at: number,
  ): Promise<void> => {
    switch (action.action) {
      case 'create':
        await signingKeys.insert(
          toStored(generateSigningKey(algorithm, at, action.activateAt), nextNumber(stored)),
        )
        return
      case 'retire':
        await signingKeys.retire(action.kid, toDate(action.retireAt))
        return
      case 'remove':
        // The row stays, sealed, so that the numbers have no gaps; the key is no longer published or used.
        return
    }
  }

  /** Reads the keys, and does what is due: makes the first key or a successor, or ends a predecessor. */
  const refresh = async (): Promise<void> => {
    for (let round = 0; round < mostRounds; round++) {
      const stored = await signingKeys.list()
      notBefore = Math.max(0, ...stored.filter(isCredible).map(({ createdAt }) => toSeconds(createdAt)))
      const all = stored.map((key) => ring.find((known) => isUnchanged(known, key)) ?? toSigningKey(key))
      // Plan and key use one time: if a second began between two readings, the key would sign before it is made.
      const at = now()
      const due = planRotation(all, at).filter(({ action }) => action !== 'remove')
      if (due.length === 0) {
        ring = all.filter(({ retireAt }) => retireAt === null || retireAt > at)
        return
      }
      for (const action of due) await carryOut(action, stored, at)
    }
    throw new Error('the rotation of signing keys does not settle')
  }

  /**
   * One transaction: there is always a key to sign with, and no key is left that should be withdrawn. It goes by the clock,
   * whatever the keys say: if they were made by a clock that was ahead, this is the way out.
   */
  const rotate = async (): Promise<Rotation> => {
    for (let round = 0; round < mostRounds; round++) {
      const stored = await signingKeys.list()
      const at = wallTime()
      const successor = toStored(generateSigningKey(algorithm, at, at), nextNumber(stored))
      const withdrawn = await signingKeys.replaceAll(successor, toDate(at))
      if (withdrawn === 'exists') continue
      await refresh()
      return { kid: successor.kid, withdrawn }
    }
    throw new Error('other nodes make signing keys faster than this one')
  }

  let last: Promise<unknown> = Promise.resolve()
  /** Runs one at a time, so that no earlier reading of the keys replaces a later one. */
  const oneAtATime = <T>(work: () => Promise<T>): Promise<T> => {
    const run = last.then(work)
    last = run.catch(() => undefined)
    return run
  }

  return {
    /** Does what is due, and picks up what other nodes did. */
    refresh: () => oneAtATime(refresh),
    /**
     * After a theft: a new key signs at once, and every other is withdrawn at once, whatever the schedule says. Once it
     * resolves, no node signs with them.
     */
    async rotate(): Promise<Rotation> {
      const rotation = await oneAtATime(rotate)
      await lease?.outlast()
      return rotation
    },
    /**
     * The key to sign with at a time; default now. If there is none now, or if it may have been withdrawn elsewhere,
     * that is a malfunction.
     *
     * @param at milliseconds since 1970, not long ago
     * @throws ProblemError `challenge_expired` if the key of that time was withdrawn: a repeat no longer signs anything
     */
    signing(at = clock()): SigningKey {
      lease?.check()
      const isSetBack = wallTime() < notBefore
      const key = activeKey(ring, isSetBack ? now() : Math.floor(at / 1000))
      if (key !== undefined) return key
      if (activeKey(ring, now()) !== undefined) throw new ProblemError('challenge_expired')
      throw new Error('there is no key to sign with')
    },
    /** Until when the keys are planned to sign, in Unix seconds; `undefined`: there is none. */
    signsUntil: (): number | undefined => signsUntil(ring),
    jwks: (): Jwks => publishedJwks(ring, now()),
  }
}

function nextNumber(stored: readonly StoredSigningKey[]): number {
  return (stored.at(-1)?.number ?? 0) + 1
}

/** Whether the clock was right when the key was made: one that was withdrawn before that was made by a clock that was ahead. */
function isCredible({ createdAt, retireAt }: StoredSigningKey): boolean {
  return retireAt === null || retireAt > createdAt
}

function isUnchanged(known: SigningKey, { kid, retireAt }: StoredSigningKey): boolean {
  return known.kid === kid && known.retireAt === toSeconds(retireAt)
}

function toSigningKey({ kid, alg, pkcs8, createdAt, activateAt, retireAt }: StoredSigningKey): SigningKey {
  return importPrivate({
    kid,
    alg,
    pkcs8,
    createdAt: toSeconds(createdAt),
    activateAt: toSeconds(activateAt),
    retireAt: toSeconds(retireAt),
  })
}

function toStored(key: SigningKey, number: number): StoredSigningKey {
  return {
    kid: key.kid,
    number,
    alg: key.alg,
    pkcs8: exportPrivate(key),
    createdAt: toDate(key.createdAt),
    activateAt: toDate(key.activateAt),
    retireAt: key.retireAt === null ? null : toDate(key.retireAt),
  }
}

function toSeconds<T extends Date | null>(time: T): T extends Date ? number : null
function toSeconds(time: Date | null): number | null {
  return time === null ? null : Math.floor(time.getTime() / 1000)
}

function toDate(seconds: number): Date {
  return new Date(seconds * 1000)
}
