import { z } from 'zod'
import { policyIdPattern } from '../wire/app-evidence.ts'
import { largestBootKeyList } from '../wire/boot-keys.ts'
import { at, sha256Hex } from './values.ts'

/** Name of a maker of systems, of the operator's choosing: as of a policy. */
export const systemName = z.string().regex(policyIdPattern)

/** Where a list was published, for people: nothing is ever fetched from there. */
const source = z.url({ protocol: /^https$/ }).max(2_048)

/** Boot keys with which one maker signs its systems, as an admin gave them. */
export const bootKeySet = z.object({
  system: systemName,
  source,
  /** Of the file that was given. */
  sha256: sha256Hex,
  /** The `timestamp` of that file. */
  published_at: at,
  given_at: at,
  /** In ascending order, each as key attestation states `verifiedBootKey`. */
  keys: z.array(sha256Hex),
})
export type BootKeySet = z.infer<typeof bootKeySet>

/** Body of `PUT /v1/boot-keys/{system}`. */
export const bootKeysInput = z.strictObject({
  /** The published file as it is, base64: at most `largestBootKeyList` bytes. */
  file: z.base64().max(Math.ceil(largestBootKeyList / 3) * 4),
  /** Of the file: what was compared with a second source before. */
  sha256: sha256Hex,
  source,
  /** Accept a list that was published before the one that is there. */
  older: z.boolean().optional(),
  /** Say what would change, and change nothing. */
  dry_run: z.boolean().optional(),
})
export type BootKeysInput = z.infer<typeof bootKeysInput>

/** Answer to it: the set, and how it differs from the one before. */
export const bootKeysChange = bootKeySet.extend({
  added: z.array(sha256Hex),
  removed: z.array(sha256Hex),
  /** Nothing was changed. */
  dry_run: z.boolean(),
})
export type BootKeysChange = z.infer<typeof bootKeysChange>
