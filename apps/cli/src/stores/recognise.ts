import { wrappers, type Wrapper } from './wrappers.ts'

/** Something that is known to change apps, and what shows that it was here. */
export interface Recognised extends Pick<Wrapper, 'id' | 'name' | 'does' | 'action' | 'sources'> {
  /** Names of the segments that it added, or that hold its classes. */
  segments: string[]
  /**
   * `likely`: a segment has the name of its library, or holds its classes. `possible`: only dex files differ, as it
   * leaves an app; a patched app looks alike.
   */
  certainty: 'likely' | 'possible'
}

/**
 * What explains that these segments are in an app and not in its build.
 *
 * @param added names of segments
 * @param classes which segments hold class descriptors of the table, as {@link findClasses} tells
 */
export function recogniseWrappers(
  added: readonly string[],
  classes: ReadonlyMap<string, readonly string[]> = new Map(),
): Recognised[] {
  return wrappers.flatMap((wrapper) => {
    const byName = added.filter(
      (name) => wrapper.libraries?.test(name.slice(name.lastIndexOf('/') + 1)) ?? false,
    )
    const byClass = [...classes]
      .filter(([, found]) => found.some((one) => wrapper.classes.includes(one)))
      .map(([name]) => name)
    const segments = [...new Set([...byName, ...byClass])].sort()
    return segments.length === 0 ? [] : [recognised(wrapper, segments, 'likely')]
  })
}

/** What may explain that dex files differ from those of the build, and nothing else does. */
export function possibleWrappers(changed: readonly string[]): Recognised[] {
  const isOnlyDex = changed.length > 0 && changed.every((name) => /(?:^|\/)classes[0-9]*\.dex$/.test(name))
  if (!isOnlyDex) return []
  return wrappers
    .filter(({ changesDexOnly }) => changesDexOnly)
    .map((wrapper) => recognised(wrapper, [...changed], 'possible'))
}

function recognised(
  { id, name, does, action, sources }: Wrapper,
  segments: string[],
  certainty: Recognised['certainty'],
): Recognised {
  return { id, name, does, action, sources, segments, certainty }
}
