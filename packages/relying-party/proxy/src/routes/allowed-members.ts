import { isJsonObject, type JsonValue } from '@assay/protocol'

/**
 * The members that a body may have, as a tree of names; `*` is any item or member. A name without names below it takes any
 * value; one with names below it takes objects and arrays of those alone, and plain values.
 */
export interface AllowedMembers {
  readonly below: ReadonlyMap<string, AllowedMembers>
}

/** @param paths reference tokens of pointers */
export function allowedMembersOf(paths: readonly (readonly string[])[]): AllowedMembers {
  const below = new Map<string, AllowedMembers>()
  for (const name of new Set(paths.map(([first]) => first as string))) {
    const rests = paths.filter(([first]) => first === name).map(([, ...rest]) => rest)
    below.set(name, allowedMembersOf(rests.filter(({ length }) => length > 0)))
  }
  return { below }
}

/** @returns a pointer to the first member that is not allowed; undefined: there is none */
export function unallowedMember(value: JsonValue, { below }: AllowedMembers): string | undefined {
  if (below.size === 0 || typeof value !== 'object' || value === null) return undefined
  const named = isJsonObject(value)
  for (const [name, member] of Object.entries(value)) {
    const allowed = (named ? below.get(name) : undefined) ?? below.get('*')
    if (allowed === undefined) return `/${nameOf(name)}`
    const found = unallowedMember(member, allowed)
    if (found !== undefined) return `/${nameOf(name)}${found}`
  }
  return undefined
}

const longestName = 64

/** A step of a JSON pointer, of a name that the caller has chosen. */
function nameOf(name: string): string {
  const shown = name.replace(/[^\x20-\x7e]/g, '?').slice(0, longestName)
  return shown.replaceAll('~', '~0').replaceAll('/', '~1')
}
