import { chosenOf, readValues } from '@assay/testkit/command-line'

export interface Options {
  readonly json: boolean
  /** File that rows are added to as they come; undefined for none. */
  readonly jsonl: string | undefined
  /** The least that makes each figure. */
  readonly short: boolean
  /** More than a full run where that takes long. */
  readonly long: boolean
  /** The one group that is measured; undefined for all. */
  readonly only: string | undefined
  /** File of an earlier run whose bounds are judged: nothing is measured. */
  readonly check: string | undefined
}

/** The permitted arguments. */
export function usageOf(groups: readonly string[]): string {
  return `npm run bench                   measures every row, in about half an hour; exits 1 if one failed
npm run bench -- --json         the same as one JSON document on standard output, at the end
npm run bench -- --jsonl FILE   also writes each row into FILE as it comes
npm run bench -- --short        every row by the least work: whether it runs, no figure to judge
npm run bench -- --long         looks up among a million installations in place of 100,000
npm run bench -- --only GROUP   one of: ${groups.join(', ')}
npm run bench -- --check FILE   says which bounds a run with --json missed; exits 1 if any`
}

/** @throws TypeError that names the invalid argument */
export function readOptions(args: readonly string[], groups: readonly string[]): Options {
  const { json, jsonl, short, long, only, check } = readValues(args, {
    json: { type: 'boolean', default: false },
    jsonl: { type: 'string' },
    short: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    only: { type: 'string' },
    check: { type: 'string' },
  })
  const chosen = chosenOf(only, groups, 'group')
  if (chosen !== undefined && chosen.size > 1) throw new TypeError('--only names one group')
  if (short && long) throw new TypeError('--short and --long exclude each other')
  if (check !== undefined && (json || short || long || jsonl !== undefined || only !== undefined))
    throw new TypeError('--check takes no other option')
  return { json, jsonl, short, long, only, check }
}
