import { mostCounted } from '../cost/cost-rules.ts'

/** Spans of time that a limit may be stated for, in seconds. */
export const windowLengths = { s: 1, min: 60, hour: 3_600, day: 86_400 } as const

export interface Allowance {
  readonly limit: number
  /** Length of the window in seconds. */
  readonly seconds: number
}

const form = /^([1-9][0-9]{0,15})\/(s|min|hour|day)$/

/** `60/min`: at most 60 within each window of a minute. `undefined` if the text is none, or the number too large. */
export function parseAllowance(text: string): Allowance | undefined {
  const [, number, span] = form.exec(text) ?? []
  const limit = Number(number)
  if (span === undefined || limit > mostCounted) return undefined
  return { limit, seconds: windowLengths[span as keyof typeof windowLengths] }
}

/**
 * The window in which a time lies. Windows are those of UTC (a day begins at midnight), so they begin for all callers at
 * once, and across a border twice the limit may pass within the length of one window.
 */
export function windowAt(milliseconds: number, seconds: number): number {
  return Math.floor(milliseconds / 1_000 / seconds)
}

/** Whole seconds until the window ends, at least 1. */
export function secondsLeft(window: number, seconds: number, milliseconds: number): number {
  return Math.max(1, Math.ceil((window + 1) * seconds - milliseconds / 1_000))
}
