import { readFileSync } from 'node:fs'
import os from 'node:os'
import { numberIn, readValues } from '@assay/testkit/command-line'
import { canaries, catalogue } from './catalogue/catalogue.ts'
import type { TargetEntry } from './target/target.ts'

export const usage = `usage: npm run fuzz -- [--short] [--target NAME]… [--inputs N] [--seed N] [--jobs N] [--missing] [--keep]
       npm run fuzz -- --target NAME --replay FILE
Without options: a million inputs for each parser.
  --short    as many inputs for each parser as a check before a commit has time for
  --jobs     parsers that are fuzzed at the same time; default: one for each processor
  --missing  names the branches that were not reached
  --keep     replaces the kept corpus by the inputs that were found; the evidence vectors are left out then
  --replay   runs one input and says what comes of it`

const fullRun = 1_000_000
const most = 999_999_999

export interface Options {
  readonly entries: readonly TargetEntry[]
  /** For each parser; undefined for what the catalogue states. */
  readonly inputs: number | undefined
  readonly seed: number
  readonly jobs: number
  readonly missing: boolean
  readonly keep: boolean
  /** The only input to run. */
  readonly replayed: Uint8Array | undefined
}

/** @throws TypeError for arguments that are invalid */
export function readOptions(args: readonly string[]): Options {
  const values = readValues(args, {
    short: { type: 'boolean', default: false },
    target: { type: 'string', multiple: true, default: [] },
    inputs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(os.availableParallelism()) },
    missing: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    replay: { type: 'string' },
  })
  const named = values.target.map(entryOf)
  if (values.replay !== undefined && named.length !== 1) throw new TypeError('a replay is of one target')
  const stated = values.inputs === undefined ? undefined : numberIn('--inputs', values.inputs, 0, most)
  return {
    entries: named.length > 0 ? named : catalogue,
    inputs: values.replay === undefined ? (stated ?? (values.short ? undefined : fullRun)) : 0,
    seed: numberIn('--seed', values.seed, 0, most),
    jobs: Math.max(1, numberIn('--jobs', values.jobs, 0, most)),
    missing: values.missing,
    keep: values.keep,
    replayed: values.replay === undefined ? undefined : readFileSync(values.replay),
  }
}

function entryOf(name: string): TargetEntry {
  const entry = [...catalogue, ...canaries].find((each) => each.name === name)
  if (entry === undefined) throw new TypeError(`there is no target ${name}`)
  return entry
}
