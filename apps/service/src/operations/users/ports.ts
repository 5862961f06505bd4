import type { Distinct } from './distinct.ts'

/** What installations are counted by, one at a time, or build and code together. */
export const userDimensions = ['app', 'build', 'os_version', 'tier', 'code', 'build_code'] as const
export type UserDimension = (typeof userDimensions)[number]

/** Counts that an app has in an hour, or a day: the largest, and for each dimension the rest. */
export const mostUserCounts = 200
/** OS versions among them: anybody can make one up, so these displace only each other. */
export const mostOsVersions = 100

/** Stands for all values that are not counted by themselves. No name of anything contains it. */
export const otherValues = '\n'

/** What one count is of. */
export interface UserKey {
  dimension: UserDimension
  /** Empty for `app`; {@link otherValues} for the rest. */
  value: string
  /** Empty, except for `build_code`. */
  code: string
}

/** The installations that attested within a span and passed, and those that were refused. One may be in both. */
export interface UserCount extends UserKey {
  passed: Distinct
  refused: Distinct
}

/** Numbers without the members behind them. */
export interface UserNumbers extends UserKey {
  /** When the span began, milliseconds since 1970. */
  at: number
  passed: number
  refused: number
}

export interface UserQuery {
  app: string
  dimension: UserDimension
  /** Left out: every one. */
  value?: string | undefined
  code?: string | undefined
  /** Milliseconds since 1970: spans that lie partly between. */
  since: number
  until: number
}

/** Where counts of installations are kept: per hour at first, and per day as they get older. */
export interface UserStore {
  /** Unites these with what is there. Nothing is kept for an app that was removed. All or nothing. */
  add(app: string, hour: number, counts: readonly UserCount[]): Promise<void>
  /** In the order of time. */
  read(query: UserQuery): AsyncIterable<UserCount & { at: number }>
  /** Of one hour, the largest first. */
  numbers(hour: number, dimension: UserDimension, limit: number): Promise<(UserNumbers & { app: string })[]>
  /** Ids of all apps. */
  apps(): Promise<string[]>
  /**
   * Gives up the members of hours that began before `exact`, where a sketch is smaller; unites hours before `hours` into
   * days; removes days before `days`.
   */
  condense(before: { exact: number; hours: number; days: number }): Promise<void>
}
