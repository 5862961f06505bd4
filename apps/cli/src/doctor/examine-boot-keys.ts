import type { Api, App, BootKeySet, StoredPolicy } from '@assay/protocol/schemas'
import { finding, type Finding } from '../faults/findings.ts'

/** What decides whether a phone with a system of another maker is let in. */
export interface BootKeyRegistration {
  apps: readonly (Pick<App, 'id' | 'policy'> & {
    /** Kinds of evidence that it requires, and whose vendor vouches for no system but those that it certified. */
    certification: readonly string[]
  })[]
  apis: readonly Pick<Api, 'audience' | 'apps' | 'policy'>[]
  policies: readonly Pick<StoredPolicy, 'id' | 'document'>[]
  sets: readonly BootKeySet[]
}

/** Milliseconds. */
const day = 24 * 3_600_000
/** Days after which a list is likely to lack phones that are sold. */
const oldList = 180

/** Where a policy asks for boot keys: whether there are any, how old they are, and whether a vendor must have certified the system nevertheless. @param now milliseconds since 1970 */
export function examineBootKeys({ apps, apis, policies, sets }: BootKeyRegistration, now: number): Finding[] {
  const reading = new Set(policies.filter(readsBootKeys).map(({ id }) => id))
  const judging = apps.flatMap(({ id, policy }) => {
    const named = apis.filter((api) => api.apps.includes(id)).map((api) => api.policy ?? policy)
    return [...new Set(named)].flatMap((each) =>
      each !== null && reading.has(each) ? [{ app: id, policy: each }] : [],
    )
  })
  if (judging.length === 0) return []
  return [
    ...(sets.length === 0
      ? judging.map((about) => finding('DOCTOR_BOOT_KEYS_MISSING', about))
      : sets.flatMap((set) => examineAge(set, now))),
    ...judging.flatMap((about) => {
      const kinds = apps.find(({ id }) => id === about.app)?.certification ?? []
      return kinds.map((kind) => finding('DOCTOR_CERTIFICATION_REQUIRED', { ...about, kind }))
    }),
  ]
}

function examineAge({ system, source, published_at: published }: BootKeySet, now: number): Finding[] {
  const days = Math.floor((now - Date.parse(published)) / day)
  return days > oldList ? [finding('DOCTOR_BOOT_KEYS_OLD', { system, source, days: String(days) })] : []
}

/** Also where only a text of a condition names them. */
function readsBootKeys({ document }: Pick<StoredPolicy, 'document'>): boolean {
  const { rules } = (document ?? {}) as { rules?: readonly { when?: unknown }[] }
  return (
    Array.isArray(rules) && rules.some(({ when }) => typeof when === 'string' && /\bbootKeys\b/.test(when))
  )
}
