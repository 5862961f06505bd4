import { createHash } from 'node:crypto'
import type { ApiKey } from '@assay/protocol/schemas'
import { ProblemError } from '../faults/problem-error.ts'
import type { Clock, Random } from '../system/ports.ts'
import { randomId } from '../system/random.ts'
import type { SessionStore } from './ports.ts'

const minute = 60_000
/** Milliseconds after which a session ends: if unused, and in any case. */
export const sessionEnds = { idle: 15 * minute, age: 8 * 60 * minute }
/** Milliseconds within which a second use is not written. */
const touchEvery = minute
/** Sessions of one API key at a time. */
const perKey = 20

/** A valid session. */
export interface Session {
  /** SHA-256 of its id. */
  readonly hash: string
  readonly key: ApiKey
  /** Milliseconds since 1970 at which it ends, however much it is used. */
  readonly endsAt: number
}

interface SessionDependencies {
  sessions: SessionStore
  /** The API key, while it is valid. */
  findKey: (id: string) => Promise<ApiKey | undefined>
  clock: Clock
  random: Random
}

export type SessionUseCases = ReturnType<typeof createSessionUseCases>

/** Who is signed in at the console. Only digests of session ids are kept. */
export function createSessionUseCases({ sessions, findKey, clock, random }: SessionDependencies) {
  const find = async (hash: string, renews: boolean): Promise<Session | undefined> => {
    const session = await sessions.find(hash)
    if (session === undefined) return undefined
    const now = clock()
    const endsAt = session.createdAt + sessionEnds.age
    if (now >= endsAt || now - session.seenAt >= sessionEnds.idle) {
      await sessions.remove(hash)
      return undefined
    }
    const key = await findKey(session.key)
    if (key === undefined) return undefined
    if (renews && now - session.seenAt >= touchEvery) await sessions.touch(hash, now)
    return { hash, key, endsAt }
  }
  return {
    /**
     * Signs in.
     *
     * @returns the session id, which is never available again
     * @throws ProblemError `unauthorized` if the key has just been removed
     */
    async open(key: ApiKey): Promise<{ id: string; session: Session }> {
      const id = randomId(random, 32)
      const now = clock()
      const hash = hashOf(id)
      const inserted = await sessions.insert({ hash, key: key.id, createdAt: now, seenAt: now }, perKey)
      if (inserted === 'key_not_found') throw new ProblemError('unauthorized')
      return { id, session: { hash, key, endsAt: now + sessionEnds.age } }
    },
    /**
     * The session of this id, while it and its key are valid. Requests that a page makes on its own do not renew it.
     */
    find: (id: string, { renews }: { renews: boolean }): Promise<Session | undefined> =>
      find(hashOf(id), renews),
    /** Whether a session that was found is still valid. */
    holds: async ({ hash }: Session): Promise<boolean> => (await find(hash, false)) !== undefined,
    end: ({ hash }: Session): Promise<void> => sessions.remove(hash),
    prune: (): Promise<void> => sessions.prune(clock() - sessionEnds.age, clock() - sessionEnds.idle),
  }
}

/** The id holds 256 random bits: a fast digest is enough. */
function hashOf(id: string): string {
  return createHash('sha256').update(id, 'utf8').digest('hex')
}
