import fc from 'fast-check'
import { readRequests } from '../file/read-requests.ts'
import type { RequestCase, ServedDocument, Step } from '../form/request-case.ts'
import { closeCase, openCase } from './open/open-case.ts'
import { configurationEdits } from './edits/configurations.ts'
import type { Edit } from './edits/edit.ts'
import { fieldEdits } from './edits/fields.ts'
import { jwtEdits } from './edits/jwts.ts'
import { documentEdits, sequenceEdits } from './edits/sequences.ts'
import { targetEdits } from './edits/targets.ts'

export type Input = RequestCase['input']

/** A known case, and what is changed in it. */
export interface RandomCase {
  readonly base: RequestCase
  readonly edits: readonly Edit[]
}

const hangs = (document: ServedDocument) => 'hangs' in document
const documentsOf = ({ documents = {} }: Step) => Object.values(documents)

/** Time limits are in real time, so what hangs would take most of the time of all. */
const bases = readRequests().filter(({ input }) => !input.steps.some((step) => documentsOf(step).some(hangs)))

const served = bases.flatMap(({ input }) => input.steps.flatMap(documentsOf))
const isSequence = ({ input }: RequestCase) =>
  input.steps.length > 1 || input.steps.some((step) => documentsOf(step).length > 0)

const requestEdits = fc.oneof(
  { weight: 6, arbitrary: jwtEdits },
  { weight: 3, arbitrary: fieldEdits },
  { weight: 2, arbitrary: targetEdits },
  { weight: 1, arbitrary: configurationEdits },
)

const anyEdits = fc.oneof(
  { weight: 3, arbitrary: requestEdits },
  { weight: 3, arbitrary: sequenceEdits },
  { weight: 2, arbitrary: documentEdits(served) },
)

function casesFrom(from: readonly RequestCase[], edits: fc.Arbitrary<Edit>, most: number) {
  return fc.record({
    base: fc.constantFrom(...from),
    edits: fc.array(edits, { maxLength: most, size: 'max' }),
  })
}

/** Cases of `requests.json`, each with up to a handful of changes. */
export const randomCases: fc.Arbitrary<RandomCase> = fc.oneof(
  { weight: 3, arbitrary: casesFrom(bases, requestEdits, 4) },
  { weight: 1, arbitrary: casesFrom(bases.filter(isSequence), anyEdits, 6) },
)

export function inputOf({ base, edits }: RandomCase): Input {
  const open = openCase(base.input)
  for (const edit of edits) edit.apply(open)
  return closeCase(open)
}

/** The one feature without which a verifier cannot answer; the vector form has room for one. */
export function needsOf({ base, edits }: RandomCase, { configuration, steps }: Input): string | undefined {
  if (edits.length === 0) return base.needs
  if (steps.some(({ now, failing = [] }) => now === null || failing.length > 0)) return 'ports'
  if (configuration.status_list !== undefined) return 'status-list'
  if ('url' in configuration.jwks) return 'fetched-keys'
  if (configuration.deny_list !== undefined) return 'deny-list'
  if (configuration.replay_capacity !== undefined) return 'memory-store'
  return base.needs
}
