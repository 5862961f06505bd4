/**
 * A pattern of paths: `*` is any one segment that is not empty, `**` at the end one segment or more, and `*:verb` any plain
 * name with that verb behind it.
 */
export interface PathPattern {
  readonly text: string
  readonly segments: readonly string[]
  /** Has no wildcard: only the path itself matches. */
  readonly isLiteral: boolean
}

/** RFC 3986 section 3.3, with escapes in upper case. */
const literal = /^(?:[\w\-.~!$&'()+,;=:@]|%[0-9A-F]{2})+$/
/** A custom method behind a name, as APIs of Google have it (AIP-136). */
const verb = /^\*:[A-Za-z]{1,64}$/
/** A name that no reader takes for another name, or for a verb. */
const plainName = /^[\w.~-]+$/
const dots = /^(?:\.|%2[Ee]){1,2}$/

/** @returns undefined for a text that is no pattern */
export function parsePathPattern(text: string): PathPattern | undefined {
  if (!text.startsWith('/') || text.length > 1024) return undefined
  const segments = text.slice(1).split('/')
  const isPattern = segments.every((segment, at) => {
    const isLast = at === segments.length - 1
    if (segment === '**' || segment === '') return isLast
    return segment === '*' || verb.test(segment) || (literal.test(segment) && !dots.test(segment))
  })
  if (!isPattern) return undefined
  return { text, segments, isLiteral: !segments.some((segment) => isWildcard(segment) || verb.test(segment)) }
}

/** @param path of a request target, as `readTarget` gives it */
export function matchesPath(pattern: PathPattern, path: string): boolean {
  if (pattern.isLiteral) return pattern.text === path
  const given = path.slice(1).split('/')
  const { segments } = pattern
  for (const [at, segment] of segments.entries()) {
    const other = given[at]
    if (segment === '**') return other !== undefined && other !== ''
    if (other === undefined || !matchesSegment(segment, other)) return false
  }
  return given.length === segments.length
}

function matchesSegment(segment: string, other: string): boolean {
  if (segment === '*') return other !== ''
  if (!verb.test(segment)) return other === segment
  const at = other.length - (segment.length - 1)
  return at > 0 && other.slice(at) === segment.slice(1) && plainName.test(other.slice(0, at))
}

/** Whether a path exists that both take. */
export function patternsOverlap(one: PathPattern, other: PathPattern): boolean {
  for (let at = 0; ; at++) {
    const [a, b] = [one.segments[at], other.segments[at]]
    if (a === undefined || b === undefined) return a === b
    if (a === '**' || b === '**') return a !== '' && b !== ''
    if (a === b) continue
    const isEither = (isWildcard(a) && b !== '') || (isWildcard(b) && a !== '')
    if (!isEither && !matchesSegment(a, b) && !matchesSegment(b, a)) return false
  }
}

function isWildcard(segment: string): boolean {
  return segment === '*' || segment === '**'
}
