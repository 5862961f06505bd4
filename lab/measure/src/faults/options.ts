import { chosenOf, numberIn, readValues } from '@assay/testkit/command-line'
import { stores, type Store } from './stage/store.ts'

/** The most stages that may run side by side on a machine. */
const mostAtOnce = 16

export const usage = `npm run faults                      every fault on every store, at length
npm run faults -- --json            the same as one JSON document on standard output
npm run faults -- --short           a few times each
npm run faults -- --only NAME[,NAME…]   some of them: a name, or its beginning up to a dot
npm run faults -- --store STORE     one of: ${stores.join(', ')}
npm run faults -- --at-once N       N of them side by side, each with a service and stores of its own (1 to ${mostAtOnce}; default 1)
npm run faults -- --write-docs      writes the rows into docs/faults.md too
Exit code 0 if every row passed, 1 otherwise, 2 for wrong arguments.`

export interface Options {
  readonly json: boolean
  readonly short: boolean
  readonly writeDocs: boolean
  /** Whether a fault of that name is requested. */
  readonly isAsked: (name: string) => boolean
  /** The one store; undefined for all. */
  readonly store: Store | undefined
  /** The most faults that are tried side by side. */
  readonly atOnce: number
}

/** @throws TypeError that names the invalid argument */
export function readOptions(args: readonly string[], names: readonly string[]): Options {
  const values = readValues(args, {
    json: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
    'write-docs': { type: 'boolean', default: false },
    only: { type: 'string' },
    store: { type: 'string' },
    'at-once': { type: 'string', default: '1' },
  })
  const { json, short, 'write-docs': writeDocs } = values
  const covers = (prefix: string, name: string) => name === prefix || name.startsWith(`${prefix}.`)
  const chosen = chosenOf(values.only, names, 'fault', covers)
  const [store] = [...(chosenOf(values.store, stores, 'store') ?? [])] as Store[]
  const atOnce = numberIn('--at-once', values['at-once'], 1, mostAtOnce)
  if (writeDocs && chosen !== undefined)
    throw new TypeError('--write-docs writes all rows of a store: it cannot be combined with --only')
  return { json, short, writeDocs, isAsked: (name) => chosen?.has(name) !== false, store, atOnce }
}
