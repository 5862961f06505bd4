import type { ClientConfig } from '../options/options.ts'
import type { InstallationKey } from '../runtime/ports.ts'
import { nameOf, type Grant } from './grant.ts'

/** A grant as {@link SharedState} keeps it. The key is not part of it; it has its own store. */
interface StoredGrant extends Omit<Grant, 'key'> {
  key: undefined
  /** Its context: a change to any of these makes it useless. */
  id: string
}

function idOf({ app, build, audienceList }: ClientConfig, key: InstallationKey): string {
  return [3, app, build, nameOf(key), ...audienceList].join(' ')
}

export function storeGrant(config: ClientConfig, grant: Grant): StoredGrant {
  return { ...grant, key: undefined, id: idOf(config, grant.key) }
}

/**
 * The grant in `stored`, or `undefined` if it is not for this app, build, key and audiences, or if the wall clock was
 * set back to before it was obtained: then its age is unknown. Monotonic clocks start again with each page.
 */
export function restoreGrant(
  config: ClientConfig,
  stored: unknown,
  key: InstallationKey | undefined,
): Grant | undefined {
  const { clock } = config
  const found = stored as StoredGrant | undefined
  if (!key || found?.id !== idOf(config, key)) return undefined
  const [, sentAt] = found.sentAt
  const age = clock.wall() - sentAt
  return age >= 0 ? { ...found, key, sentAt: [clock.monotonic() - age, sentAt] } : undefined
}
