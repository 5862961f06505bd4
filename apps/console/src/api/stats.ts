import { queryOptions } from '@tanstack/react-query'
import { call } from './client.ts'

/** Answer to `GET /v1/stats`. */
export interface Stats {
  since: string
  until: string
  groups: {
    at?: string
    app?: string
    build?: string
    code?: string
    passed: number
    refused: number
    malfunctions: number
    reported: number
  }[]
  latency: { p50_ms: number | null; p99_ms: number | null }
}

/** Spans of time that the overview shows, and by what it is divided. */
export const periods = {
  hour: { words: 'Last hour', milliseconds: 3_600_000, by: 'minute' },
  day: { words: 'Last 24 hours', milliseconds: 86_400_000, by: 'hour' },
  month: { words: 'Last 30 days', milliseconds: 30 * 86_400_000, by: 'day' },
} as const
export type Period = keyof typeof periods

/** Milliseconds between two looks of a page that is left open. */
const look = 15_000

/** How attestations ended, counted by minutes, hours or days, or by what else the service tells apart. */
export const statsQuery = (period: Period, by: string, where: Readonly<Record<string, string>> = {}) =>
  queryOptions({
    queryKey: ['stats', period, by, where],
    queryFn: ({ signal }) => {
      const since = new Date(Date.now() - periods[period].milliseconds).toISOString()
      const query = new URLSearchParams({ since, by, limit: '1000', ...where })
      return call<Stats>('GET', `v1/stats?${query.toString()}`, { signal, background: true })
    },
    refetchInterval: look,
  })
