import type { Jwks } from '@assay/protocol'
import { checkUnixSeconds } from './unix-seconds.ts'
import { rotationSchedule } from './rotation-schedule.ts'
import type { SigningKey } from './signing-key.ts'

/** All keys, in any order. */
export type KeyRing = readonly SigningKey[]

/** What is due. Carrying out an action twice does no harm. */
export type RotationAction =
  | {
      readonly action: 'create'
      /** Unix seconds from which the new key signs. */
      readonly activateAt: number
    }
  | {
      /** Plan the end of a key that has a successor. */
      readonly action: 'retire'
      readonly kid: string
      /** Unix seconds from which it is no longer published. */
      readonly retireAt: number
    }
  | {
      /** Delete a key that is no longer published. */
      readonly action: 'remove'
      readonly kid: string
    }

/**
 * The key to sign with: the newest of those in use. A key whose publication ends too soon for a token to expire before
 * it is no longer in use. `undefined`: there is none, which is a malfunction.
 *
 * @param now Unix seconds
 */
export function activeKey(ring: KeyRing, now: number): SigningKey | undefined {
  checkUnixSeconds(now)
  return inOrder(ring).findLast(
    ({ activateAt, retireAt }) =>
      activateAt <= now && (retireAt === null || now + rotationSchedule.leastPublished <= retireAt),
  )
}

/**
 * Until when the keys are planned to sign (Unix seconds). A successor is made a day before, so on schedule this is more than
 * {@link rotationSchedule.publishAhead} away, less the interval at which the schedule is checked; a time in the past says that
 * rotation is overdue. `undefined`: there is no key.
 */
export function signsUntil(ring: KeyRing): number | undefined {
  const { leastPublished, signFor } = rotationSchedule
  const ends = ring.map(({ activateAt, retireAt }) =>
    retireAt === null ? activateAt + signFor : retireAt - leastPublished,
  )
  return ends.length === 0 ? undefined : Math.max(...ends)
}

/** The public keys that relying parties must know now: coming, signing, and outlasted by their tokens. */
export function publishedJwks(ring: KeyRing, now: number): Jwks {
  checkUnixSeconds(now)
  return {
    keys: inOrder(ring)
      .filter((key) => key.createdAt <= now && isPublished(key, now))
      .map(({ jwk }) => ({ ...jwk })),
  }
}

/**
 * What is due at `now`: a successor a day before it is to sign, the end of a key once it has a successor, the removal
 * of a key whose end has come. An empty ring, or one whose key was withdrawn, gets a key that signs at once.
 */
export function planRotation(ring: KeyRing, now: number): RotationAction[] {
  checkUnixSeconds(now)
  const staying = inOrder(ring).filter(({ retireAt }) => retireAt === null)
  const created = creationDue(staying, activeKey(ring, now), now)
  // A created key signs before all remaining ones, or after all of them, so that the first later start is the next one.
  const starts = [...staying.map(({ activateAt }) => activateAt), ...created]
  return [
    ...created.map((activateAt): RotationAction => ({ action: 'create', activateAt })),
    ...staying.flatMap((key) => retirement(key, starts)),
    ...ring
      .filter((key) => !isPublished(key, now))
      .map(({ kid }): RotationAction => ({ action: 'remove', kid })),
  ]
}

/** When a new key should start to sign, if one must be made now. */
function creationDue(staying: KeyRing, active: SigningKey | undefined, now: number): number[] {
  if (active === undefined) return [now]
  const { publishAhead, signFor, leastPublished } = rotationSchedule
  const newest = staying.at(-1)
  // If the end of every key was planned by hand, the successor starts when the last of them stops signing.
  const due =
    newest === undefined ? (active.retireAt as number) - leastPublished : newest.activateAt + signFor
  if (now < due - publishAhead) return []
  return [newest === undefined ? due : Math.max(due, now + publishAhead)]
}

function retirement({ kid, activateAt }: SigningKey, starts: readonly number[]): RotationAction[] {
  const successor = starts.find((start) => start > activateAt)
  if (successor === undefined) return []
  return [{ action: 'retire', kid, retireAt: successor + rotationSchedule.keepPublished }]
}

function isPublished({ retireAt }: SigningKey, now: number): boolean {
  return retireAt === null || now < retireAt
}

function inOrder(ring: KeyRing): SigningKey[] {
  return [...ring].sort((a, b) => a.activateAt - b.activateAt)
}
