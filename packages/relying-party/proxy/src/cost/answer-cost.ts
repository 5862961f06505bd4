import { type CostRules, mostCounted } from './cost-rules.ts'
import { EventNumbers } from './event-numbers.ts'
import { JsonNumbers } from './json-numbers.ts'

type AnswerFields = Readonly<Record<string, string | readonly string[] | undefined>>

/** Reads from an answer, as it passes, what it cost. It keeps a bounded part of it. */
export class AnswerCost {
  readonly #rules: CostRules
  #field: number | undefined
  #isFree = false
  #numbers: JsonNumbers | EventNumbers | undefined

  constructor(rules: CostRules) {
    this.#rules = rules
  }

  answered(status: number, fields: AnswerFields): void {
    const { from, free } = this.#rules
    this.#isFree = free.has(status)
    if (from.kind === 'field') this.#field = wholeNumber(fields[from.name])
    else {
      const kind = isIdentity(fields['content-encoding']) ? kindOf(fields['content-type']) : undefined
      const paths = from.members.map(({ path }) => path)
      if (kind === 'events') this.#numbers = new EventNumbers(paths)
      else if (kind === 'json') this.#numbers = new JsonNumbers(paths)
    }
  }

  read(piece: Uint8Array): void {
    this.#numbers?.read(piece)
  }

  /** Units that the whole answer states; `undefined`: it states none. */
  get stated(): number | undefined {
    const { from } = this.#rules
    const cost = from.kind === 'field' ? this.#field : this.#sum(from.members.map(({ weight }) => weight))
    return cost ?? (this.#isFree ? 0 : undefined)
  }

  #sum(weights: readonly number[]): number | undefined {
    const numbers = this.#numbers
    if (numbers === undefined || (numbers instanceof JsonNumbers && !numbers.isWhole)) return undefined
    let sum = 0
    for (const [at, weight] of weights.entries()) {
      const value = numbers.found[at]
      if (value === undefined || value === null || !(value >= 0)) return undefined
      sum += weight * value
    }
    return sum <= mostCounted ? Math.ceil(sum) : undefined
  }
}

function isIdentity(coding: AnswerFields[string]): boolean {
  return coding === undefined || coding === 'identity'
}

function kindOf(type: AnswerFields[string]): 'events' | 'json' | undefined {
  if (typeof type !== 'string') return undefined
  const essence = (type.split(';', 1)[0] as string).trim().toLowerCase()
  if (essence === 'text/event-stream') return 'events'
  return essence === 'application/json' || essence.endsWith('+json') ? 'json' : undefined
}

/** A field that came twice states nothing. */
function wholeNumber(value: AnswerFields[string]): number | undefined {
  if (typeof value !== 'string' || !/^(?:0|[1-9]\d{0,15})$/.test(value)) return undefined
  const number = Number(value)
  return number <= mostCounted ? number : undefined
}
