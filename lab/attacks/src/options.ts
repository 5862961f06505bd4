import { chosenOf, readValues } from '@assay/testkit/command-line'

export const usage = `npm run attacks              carries out every attack and prints a table
npm run attacks -- --json    the same as one JSON document on standard output
npm run attacks -- --only ID[,ID…]   some of them; also with --json
npm run attacks -- --write-docs    writes the table of expected outcomes into docs/attacks.md
Exit code 0 if everything came out as expected, 1 otherwise, 2 for wrong arguments.`

export interface Options {
  readonly json: boolean
  readonly writeDocs: boolean
  /** Ids; undefined for all. */
  readonly only: ReadonlySet<string> | undefined
}

/** @throws TypeError that names the invalid argument */
export function readOptions(args: readonly string[], known: readonly string[]): Options {
  const {
    json,
    only,
    'write-docs': writeDocs,
  } = readValues(args, {
    json: { type: 'boolean', default: false },
    'write-docs': { type: 'boolean', default: false },
    only: { type: 'string' },
  })
  if (writeDocs && (json || only !== undefined))
    throw new TypeError('--write-docs goes with no other option: nothing is carried out')
  return { json, writeDocs, only: chosenOf(only, known, 'attack') }
}
