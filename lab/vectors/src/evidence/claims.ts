import { isDeepStrictEqual } from 'node:util'
import { isRecord } from './format/vector.ts'

/**
 * Names of the expected claims that were not reported so. Lists are compared as sets; of those in `atLeast` the
 * expected members must be there. Claims that are not expected do not matter.
 */
export function differingClaims(
  expected: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
  atLeast: readonly string[] = [],
): string[] {
  return Object.keys(expected).filter((name) => {
    const wanted = expected[name]
    const reported = actual[name]
    if (atLeast.includes(name) && Array.isArray(wanted) && Array.isArray(reported)) {
      return !isSubset(wanted, reported)
    }
    return !isSame(wanted, reported)
  })
}

function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return isSubset(a, b) && isSubset(b, a)
  if (isRecord(a) && isRecord(b)) return differingClaims(a, b).length === 0
  return isDeepStrictEqual(a, b)
}

function isSubset(part: readonly unknown[], whole: readonly unknown[]): boolean {
  return part.every((member) => whole.some((other) => isSame(member, other)))
}
