import { statusListPath } from '@assay/protocol'
import type { FetchDocument, PlatformSignal } from './fetch.ts'

/**
 * The spelling under which the service knows an API for which it has no list: with or without a trailing slash, in lower
 * case, without the port. `undefined`: none of them either.
 *
 * Asks only for the document that it would ask for under that name, at most once for each spelling. Never rejects.
 */
export async function registeredSpelling(
  { issuer, audience, fetch }: { issuer: string; audience: string; fetch: FetchDocument },
  signal: PlatformSignal,
): Promise<string | undefined> {
  for (const spelling of spellingsOf(audience)) {
    const found = await fetch(issuer + statusListPath(spelling), { headers: {}, redirect: 'manual', signal })
      .then(({ status }) => status === 200)
      .catch(() => false)
    if (found) return spelling
  }
  return undefined
}

function spellingsOf(audience: string): readonly string[] {
  const toggled = audience.endsWith('/') ? audience.slice(0, -1) : `${audience}/`
  const portless = audience.replace(/^(https?:\/\/[^/]*?):\d{1,5}(?=\/|$)/, '$1')
  const spellings = new Set([toggled, audience.toLowerCase(), portless])
  spellings.delete(audience)
  return [...spellings]
}
