import { z } from 'zod'
import { at, count } from './values.ts'

/** base64url(SHA-256). */
const hash = z.string().length(43)

/** One administrative act. */
export const auditEntry = z.object({
  /** 1, 2, 3 …, without gaps. */
  number: z.int().min(1),
  at,
  /** Id of the API key; null: at the machine itself. */
  key: z.string().nullable(),
  key_name: z.string(),
  /** What was done, such as `policy.put`. */
  action: z.string(),
  /** What it was done to: an id; that of a build follows the id of its app. */
  object: z.string(),
  /** The value before; null: there was none. */
  before: z.unknown(),
  /** The value after; null: it was removed. */
  after: z.unknown(),
  /** The hash of the previous entry; 43 zeros before the first. */
  previous: hash,
  /** Over everything above. */
  hash,
  /** base64url(HMAC-SHA-256) over number and hash, under a key that only the service has. */
  mac: hash,
})
export type AuditEntry = z.infer<typeof auditEntry>

/** An administrative act in a list: without the documents, which may be large, and without what proves that it is whole. */
export const listedAuditEntry = auditEntry.omit({ before: true, after: true, previous: true, hash: true })
export type ListedAuditEntry = z.infer<typeof listedAuditEntry>

/**
 * What is wrong.
 *
 * - `edited`: the entry was changed, or does not follow the one before
 * - `gap`: entries before it are missing
 * - `mac`: the service did not write the entry
 * - `end`: it is not where the log ends by its head: entries after it are missing, or were added
 * - `seal`: the seal of the head is not the service's
 * - `empty`: the store is in use, and the log has no entry
 * - `undercut`: this node has seen a later head
 * - `broken`: the service found the log broken when it wrote this entry, which says how
 * - `keys`: an API key is there that no entry has added, or is gone without an entry
 * - `allowed`: a test device is on the allow list that no entry has put there
 * - `head`: it is not the log whose head is known
 */
const auditFault = z.object({
  /** The entry; 0 for `keys`, `allowed` and `empty`. */
  number: count,
  reason: z.enum([
    'edited',
    'gap',
    'mac',
    'end',
    'seal',
    'empty',
    'undercut',
    'broken',
    'keys',
    'allowed',
    'head',
  ]),
})
export type AuditFault = z.infer<typeof auditFault>

/** Answer to `GET /v1/audit/verify`. */
export const auditVerdict = z.object({
  /** Nothing is wrong as far as `head`. */
  ok: z.boolean(),
  /** The last entry that was verified; once the run has ended keep it elsewhere, and send it with the next query. */
  head: z.object({ number: count, hash }),
  fault: auditFault.nullable(),
  /** API keys that are there without an entry, or gone without one: their ids, at most 100. */
  other_keys: z.array(z.string()),
  /** Devices on the allow list that no entry has put there: `app/audience/installation`, at most 100. */
  other_allowed: z.array(z.string()),
  /**
   * The run over all entries by which this is known: one at a time, for everybody who asks, and at most once an hour. What
   * was added since is verified, too.
   */
  run: z.object({
    began_at: at,
    /** Null: it is under way, and has come as far as `head`. */
    ended_at: at.nullable(),
    /** In the log. */
    entries: count,
  }),
})
export type AuditVerification = z.infer<typeof auditVerdict>
