import { catalogue } from './catalogue.ts'
import type { Length } from './fault/fault.ts'
import type { Store } from './stage/store.ts'
import { tryFault, type Trial } from './try-fault.ts'

/** Tries one fault on one store, in a separate process, so that what it blocks or breaks affects nothing else. */
export interface TrialOrder {
  readonly fault: string
  readonly store: Store
  readonly length: Length
}

export type TrialMessage = { readonly tell: string } | { readonly trial: Trial }

const { fault, store, length } = JSON.parse(process.argv[2] as string) as TrialOrder
const say = (message: TrialMessage) => process.send?.(message)
const ended = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => ended.abort(new Error('it was told to end')))
process.once('disconnect', () => ended.abort(new Error('nobody is left who asked')))

const found = catalogue.find(({ name }) => name === fault)
if (found === undefined) throw new Error(`there is no fault ${fault}`)
const tell = (line: string) => void say({ tell: line })
const trial = await tryFault(found, { store, length, tell, signal: ended.signal })
// Nothing left over from the row may keep the process alive.
process.send?.({ trial } satisfies TrialMessage, () => process.exit(0))
