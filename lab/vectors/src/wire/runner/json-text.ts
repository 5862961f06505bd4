import { coreFunctions, type Plan } from '@assay/measurement'
import type { Json } from '../case/case.ts'
import { planOfAll } from '../material/plan.ts'
import { member, Refusal, type Answering } from './answering.ts'

const asAnswer = coreFunctions['probe-answer'] as (answer: unknown) => Json
const conclusionOf = coreFunctions['conclusion'] as (
  plan: Plan,
  probes: Readonly<Record<string, unknown>>,
  shown: 'absent',
) => readonly Uint8Array[]

export const answerJsonText: Answering = (input) => {
  switch (input['op']) {
    case 'string':
      return JSON.stringify(input['text'])
    case 'answer':
      return sent(input['value'])
    case 'answer.units':
      return sent(String.fromCharCode(...member<number[]>(input, 'units')))
    case 'answers': {
      const pairs = member<[string, Json][]>(input, 'answers')
      const plan = { ...planOfAll, probes: pairs.map(([name]) => name) }
      const [answers] = conclusionOf(plan, Object.fromEntries(pairs), 'absent')
      // After the length that it is prefixed with.
      return Buffer.from(answers?.subarray(4) ?? []).toString()
    }
    default:
      throw new Refusal('UNKNOWN_OP')
  }
}

function sent(answer: unknown): string {
  const taken = asAnswer(answer)
  if (taken === '!invalid') throw new Refusal(taken)
  return JSON.stringify(taken)
}
