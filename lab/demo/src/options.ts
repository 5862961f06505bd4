import { readValues } from '@assay/testkit/command-line'

export const usage = `npm run demo              the main job, step by step
npm run demo -- --json    the rows as one JSON document on standard output
npm run demo -- --keep    a service with an hour of data behind it and its console, until Ctrl-C
Exit code 0 if every row came out as it should, 1 otherwise, 2 for wrong arguments.`

export interface Options {
  readonly json: boolean
  readonly keep: boolean
}

/** @throws TypeError that names the invalid argument */
export function readOptions(args: readonly string[]): Options {
  return readValues(args, {
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  })
}
