import { parseArgs } from 'node:util'

export interface Options {
  readonly json: boolean
  /** Includes the slowest rows. */
  readonly long: boolean
  /** The one group that is measured; undefined for all. */
  readonly only: string | undefined
}

/** The permitted arguments. */
export function usageOf(groups: readonly string[]): string {
  return `npm run bench                   measures everything
npm run bench -- --json         the same as one JSON document on standard output
npm run bench -- --long         also what takes longest: lists on PostgreSQL, 10,000 builds, a
                                million installations, memory under load
npm run bench -- --only GROUP   one of: ${groups.join(', ')}`
}

/** @throws TypeError that names the invalid argument */
export function readOptions(args: readonly string[], groups: readonly string[]): Options {
  const { json, long, only } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      long: { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  }).values
  if (only !== undefined && !groups.includes(only)) throw new TypeError(`--only names no group: ${only}`)
  return { json, long, only }
}
