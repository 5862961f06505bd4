import { type CostRules, type CountedMember, mostCounted } from './cost-rules.ts'
import { EventNumbers } from './event-numbers.ts'
import { type FoundNumber, JsonNumbers } from './json-numbers.ts'

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
      const paths = from.sums.flatMap((sum) => sum.map(({ path }) => path))
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
    const cost = from.kind === 'field' ? this.#field : this.#largestSum(() => true)
    return cost ?? (this.#isFree ? 0 : undefined)
  }

  /** Units that a stream of events has stated for the input, whatever follows; `undefined`: none. */
  get statedInput(): number | undefined {
    if (!(this.#numbers instanceof EventNumbers)) return undefined
    return this.#largestSum(({ isInput }) => isInput)
  }

  #largestSum(isCounted: (member: CountedMember) => boolean): number | undefined {
    const { from } = this.#rules
    const numbers = this.#numbers
    if (from.kind === 'field' || numbers === undefined) return undefined
    if (numbers instanceof JsonNumbers && !numbers.isWhole) return undefined
    let largest: number | undefined
    let at = 0
    for (const sum of from.sums) {
      const units = sumOf(sum, numbers.found.slice(at, at + sum.length), isCounted)
      at += sum.length
      if (units !== undefined) largest = Math.max(units, largest ?? 0)
    }
    return largest
  }
}

/** `undefined` where a member that is not optional is missing, or one is no number that a cost can be. */
function sumOf(
  members: readonly CountedMember[],
  found: readonly (FoundNumber | undefined)[],
  isCounted: (member: CountedMember) => boolean,
): number | undefined {
  let sum = 0
  let isStated = false
  for (const [at, member] of members.entries()) {
    if (!isCounted(member)) continue
    const value = found[at]
    if ((value === undefined || value === null) && member.isOptional) continue
    if (typeof value !== 'number' || !(value >= 0 && value <= mostCounted)) return undefined
    sum += member.weight * value
    isStated ||= !member.isOptional
  }
  return isStated && sum <= mostCounted ? Math.max(0, Math.ceil(sum)) : undefined
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
