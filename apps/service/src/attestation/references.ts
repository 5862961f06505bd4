import { createHmac, createSecretKey } from 'node:crypto'
import { concat, label, lengthPrefixed } from '@assay/protocol'
import { LRUCache } from 'lru-cache'

const domain = label('assay/reference/1')
/** Bytes: enough that no two users of an app have one, and with its own length a multiple of eight in PostgreSQL. */
const length = 15

export type ReferenceOf = (app: string, reference: string) => Uint8Array

/**
 * What is kept in the place of a reference, which may be an address of mail: an HMAC-SHA-256 over app and reference, each with
 * its length, cut to 15 bytes. Whoever has the database, but not the sealing key, can try no address.
 *
 * @param secret 32 bytes
 */
export function createReferenceOf(secret: Uint8Array): ReferenceOf {
  const key = createSecretKey(secret)
  return (app, reference) =>
    createHmac('sha256', key)
      .update(concat(domain, lengthPrefixed(app), lengthPrefixed(reference)))
      .digest()
      .subarray(0, length)
}

interface Waiting {
  app: string
  key: string
  reference: Uint8Array
}

/** Installations whose reference of the day is remembered: most say the same at every refresh. */
const remembered = 100_000
/** References that wait to be written; more are left out until the next refresh. */
const mostWaiting = 5_000

interface ReferenceNotesOptions {
  write: (references: readonly Waiting[], now: number) => Promise<void>
  clock: () => number
}

/** Collects what apps call their users, and writes each once a day, or when it has changed. No exchange waits for it. */
export function createReferenceNotes({ write, clock }: ReferenceNotesOptions) {
  const written = new LRUCache<string, string>({ max: remembered })
  let waiting = new Map<string, Waiting>()
  return {
    note(app: string, key: string, reference: Uint8Array): void {
      const id = `${app}\n${key}`
      const said = `${Math.floor(clock() / 86_400_000)} ${Buffer.from(reference).toString('base64url')}`
      if (written.get(id) === said || (waiting.size >= mostWaiting && !waiting.has(id))) return
      written.set(id, said)
      waiting.set(id, { app, key, reference })
    },
    /** Writes what is pending. What cannot be written is said again at a later refresh. */
    async flush(): Promise<void> {
      const batch = waiting
      waiting = new Map()
      if (batch.size === 0) return
      try {
        await write([...batch.values()], clock())
      } catch (error) {
        for (const id of batch.keys()) written.delete(id)
        throw error
      }
    },
    /** Forgets what this node knows of all installations of the apps, likewise. */
    forgetAll: (apps: readonly string[]): void => {
      const gone = new Set(apps)
      const isOf = (id: string) => gone.has(id.slice(0, id.indexOf('\n')))
      for (const id of [...written.keys()].filter(isOf)) written.delete(id)
      for (const id of [...waiting.keys()].filter(isOf)) waiting.delete(id)
    },
    /** Forgets what this node knows of an installation: what its app says from now on is written again. */
    forget: (app: string, key: string): void => {
      written.delete(`${app}\n${key}`)
      waiting.delete(`${app}\n${key}`)
    },
  }
}
