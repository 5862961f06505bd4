import type { App } from '@assay/protocol'

/**
 * Since when each kind of evidence is expected of an app: as noted before, and from `now` on (milliseconds since 1970) what
 * was not expected before. What is optional, or no longer registered, loses its note.
 */
export function expectedSince(
  {
    evidence,
    optional_evidence,
    evidence_since,
  }: Pick<App, 'evidence' | 'optional_evidence' | 'evidence_since'>,
  now: number,
): App['evidence_since'] {
  const expected = Object.keys(evidence).filter((kind) => !optional_evidence.includes(kind))
  return Object.fromEntries(
    expected.map((kind) => [kind, evidence_since[kind] ?? new Date(now).toISOString()]),
  )
}
