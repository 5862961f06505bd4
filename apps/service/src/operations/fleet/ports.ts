import type { AttestationTrace, Stats } from '@assay/protocol/schemas'

/** What attestations are counted by. */
export const dimensions = [
  'app',
  'build',
  'platform',
  'outcome',
  'tier',
  'code',
  'evidence',
  'policy',
  'abi',
  'variant',
] as const
export type Dimension = (typeof dimensions)[number]

/** How often the same happened within a minute. */
export type MinuteCount = Record<Dimension, string> & {
  /** When the minute began, milliseconds since 1970. */
  minute: number
  count: number
}

/** How many attestations of an app took so long within a minute. */
export interface MinuteLatency {
  minute: number
  app: string
  outcome: string
  /** Milliseconds, one of {@link latencyBounds}; null: longer than the last. */
  atMost: number | null
  count: number
}

/** Upper bounds of the buckets of latency, milliseconds. */
export const latencyBounds = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000] as const

/** Spans of time by which counts are grouped. */
export const spans = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const
export type Span = keyof typeof spans

export interface CountQuery {
  /** Milliseconds since 1970: the first that counts, and the first that no longer counts. */
  since: number
  until: number
  by: readonly Dimension[]
  span: Span | undefined
  where: Readonly<Partial<Record<Dimension, string>>>
  /** Maximum number of groups: the largest ones, or the newest if they are spans. */
  limit: number
}

/** Counts of one group. `at`: when the span began, milliseconds since 1970. */
export type CountGroup = Omit<Stats['groups'][number], 'at'> & { at?: number }

export type LatencyCount = Pick<MinuteLatency, 'atMost' | 'count'>

/** Counts of attestations: per minute at first, per hour and per day as they get older. */
export interface FleetStore {
  /** Adds to the existing counts, a few hundred of each at most. All or nothing. */
  add(counts: readonly MinuteCount[], latencies: readonly MinuteLatency[]): Promise<void>
  groups(query: CountQuery): Promise<CountGroup[]>
  latencies(query: Pick<CountQuery, 'since' | 'until' | 'where'>): Promise<LatencyCount[]>
  /** Merges minutes that began before `minutes` into hours, and hours before `hours` into days; removes days before `days`. */
  condense(before: { minutes: number; hours: number; days: number }): Promise<void>
}

/** Selects kept traces; an undefined member selects all. */
export interface TraceFilter {
  app?: string | undefined
  build?: string | undefined
  code?: string | undefined
  outcome?: AttestationTrace['outcome'] | undefined
  /** Thumbprint of an installation key. */
  key?: string | undefined
  /** Milliseconds since 1970. */
  since?: number | undefined
  /** The first moment that does not count. */
  until?: number | undefined
}
