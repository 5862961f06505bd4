import { z } from 'zod'
import { longestSearch } from '../wire/trace-id.ts'
import { buildSummary } from './build.ts'
import { listedInstallation } from './installation.ts'
import { listedTrace } from './trace.ts'
import { appId } from './values.ts'

/** Body of `POST /v1/search`. It is a body, so that no log of addresses has what an app calls its user. */
export const searchInput = z.strictObject({
  /** As somebody has it, with words around it. */
  text: z.string().min(1).max(longestSearch),
  /** Only in this app. Default: in all that the key sees. */
  app: appId.optional(),
})
export type SearchInput = z.infer<typeof searchInput>

/** The finds of a text, the more likely meaning first; at most 20 of each kind. */
export const searchResult = z.object({
  traces: z.array(listedTrace),
  /** By key, by name at an API, or by what the app calls its user, which nobody has verified (`found_by`). */
  installations: z.array(listedInstallation),
  builds: z.array(
    buildSummary.pick({ app: true, id: true, state: true, version_code: true, version_name: true }),
  ),
  /** There are more apps than one search looks through: name one. */
  truncated: z.boolean(),
})
export type SearchResult = z.infer<typeof searchResult>
