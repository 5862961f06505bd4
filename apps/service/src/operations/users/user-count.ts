import { countOf, union } from './distinct.ts'
import { mostOsVersions, otherValues, type UserCount, type UserKey } from './ports.ts'

/** How large a count is, for the order among counts. */
export const sizeOf = ({ passed, refused }: Pick<UserCount, 'passed' | 'refused'>): number =>
  countOf(passed) + countOf(refused)

export const united = (one: UserCount, other: Pick<UserCount, 'passed' | 'refused'>): UserCount => ({
  ...one,
  passed: union(one.passed, other.passed),
  refused: union(one.refused, other.refused),
})

/** The count of all values of a dimension that are not counted by themselves. */
export const restOf = ({ dimension, code }: Pick<UserCount, 'dimension' | 'code'>): UserKey => ({
  dimension,
  value: otherValues,
  code: code === '' ? '' : otherValues,
})

/**
 * Of counts in the order of their size, those that are kept. OS versions have a share of their own: what senders make up
 * displaces no build, tier or code, whose names are registered ones.
 */
export function largestOf<Count extends UserKey>(ordered: readonly Count[], most: number): Count[] {
  const isVersion = ({ dimension }: UserKey) => dimension === 'os_version'
  const versions = ordered.filter(isVersion).slice(0, mostOsVersions)
  const others = ordered.filter((count) => !isVersion(count)).slice(0, most - versions.length)
  return [...versions, ...others]
}
