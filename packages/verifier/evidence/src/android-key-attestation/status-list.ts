import { isJsonObject, invalidArgument } from '@assay/protocol'
import { UnavailableError } from '../port/errors.ts'
import type { RevocationSource, RevocationState } from '../port/verify-context.ts'

/** Google's list of certificates that it no longer vouches for, by serial number. */
export type StatusList = ReadonlyMap<string, Exclude<RevocationState, 'not_listed'>>

/** The status list cannot be used: it is missing, too old or malformed. A malfunction, never a verdict. */
export class StatusListError extends UnavailableError {
  override readonly name = 'StatusListError'
}

/** A list, and when the vendor's server stated that it was valid. */
export interface StatusListSnapshot {
  readonly list: StatusList
  /** Unix seconds. */
  readonly readAt: number
}

/** As the vendor writes serial numbers: lower-case hex without leading zeros. */
export const serialPattern = /^[1-9a-f][0-9a-f]*$/
const hexPattern = /^[0-9a-f]+$/i

/**
 * Reads the status list, as `JSON.parse` gives it. A status other than `SUSPENDED` counts as revoked: Google does not
 * vouch for what is listed.
 *
 * @throws StatusListError if it is malformed: a list whose serial numbers were written in another way would
 *   otherwise revoke nothing
 */
export function readStatusList(value: unknown): StatusList {
  const entries = isJsonObject(value) ? value['entries'] : undefined
  if (!isJsonObject(entries)) throw new StatusListError('the status list has no entries')
  return new Map(Object.entries(entries).map(([serial, entry]) => [readSerial(serial), readState(entry)]))
}

/** Seconds by which the clock may have been set back since a list was read: beyond it nobody knows how old the list is. */
const clockSkew = 300

/** Whether a list that was read at that time counts; a non-number does not. Unix seconds. */
export function isListCurrent(readAt: number, now: number, maxAge: number): boolean {
  const age = now - readAt
  return age <= maxAge && age >= -clockSkew
}

/**
 * A revocation source over the list that `current` returns when it is called.
 *
 * @param current the last list that was read, or undefined if there has been none
 * @param options `maxAge` in seconds; `now` gives Unix seconds
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for an age that is not a positive number
 */
export function statusListSource(
  current: () => StatusListSnapshot | undefined,
  { maxAge, now }: { readonly maxAge: number; readonly now: () => number },
): RevocationSource {
  if (!(maxAge > 0 && Number.isFinite(maxAge)))
    throw invalidArgument('the maximum age of a status list is missing')
  return {
    // If the executor throws, the promise rejects.
    stateOf: (serial) =>
      new Promise((resolve) => resolve(freshList(current(), now(), maxAge).get(serial) ?? 'not_listed')),
  }
}

function freshList(snapshot: StatusListSnapshot | undefined, now: number, maxAge: number): StatusList {
  if (snapshot === undefined) throw new StatusListError('no status list has been read')
  if (!isListCurrent(snapshot.readAt, now, maxAge))
    throw new StatusListError('the status list is too old, or its age is not known')
  return snapshot.list
}

/** The vendor writes no capitals and no leading zeros; a number means the same with them. */
function readSerial(serial: string): string {
  if (!hexPattern.test(serial)) throw new StatusListError('a serial number in the status list is malformed')
  return serial.toLowerCase().replace(/^0+(?=.)/, '')
}

function readState(entry: unknown): 'revoked' | 'suspended' {
  if (!isJsonObject(entry) || typeof entry['status'] !== 'string')
    throw new StatusListError('an entry of the status list has no status')
  return entry['status'] === 'SUSPENDED' ? 'suspended' : 'revoked'
}
