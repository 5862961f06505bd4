import { parseArgs } from 'node:util'
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
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
      'write-docs': { type: 'boolean', default: false },
      only: { type: 'string' },
      store: { type: 'string' },
      'at-once': { type: 'string', default: '1' },
    },
  })
  const { json, short, 'write-docs': writeDocs } = values
  const asked = values.only?.split(',').map((name) => name.trim())
  const covers = (prefix: string, name: string) => name === prefix || name.startsWith(`${prefix}.`)
  for (const prefix of asked ?? [])
    if (!names.some((name) => covers(prefix, name)))
      throw new TypeError(
        `--only names no fault: ${prefix || '(nothing)'}. The faults are:\n  ${names.join('\n  ')}`,
      )
  const store = stores.find((known) => known === values.store)
  if (values.store !== undefined && store === undefined)
    throw new TypeError(`--store names no store: ${values.store}`)
  const atOnce = /^[0-9]{1,3}$/.test(values['at-once']) ? Number(values['at-once']) : 0
  if (atOnce < 1 || atOnce > mostAtOnce)
    throw new TypeError(`--at-once must be a number from 1 to ${mostAtOnce}, not ${values['at-once']}`)
  if (writeDocs && asked !== undefined)
    throw new TypeError('--write-docs writes all rows of a store: it cannot be combined with --only')
  const isAsked = (name: string) => asked === undefined || asked.some((prefix) => covers(prefix, name))
  return { json, short, writeDocs, isAsked, store, atOnce }
}
