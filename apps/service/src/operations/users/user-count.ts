import { countOf, union } from './distinct.ts'
import { otherValues, type UserCount, type UserKey } from './ports.ts'

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
