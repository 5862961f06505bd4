import { describe, expect, it } from 'vitest'
import { judge } from '../../src/wire/driver/judge.ts'
import { families } from '../../src/wire/families/families.ts'
import { answerQuestion } from '../../src/wire/runner/answer-question.ts'

describe.each(families)('$name', ({ name, cases }) => {
  it('is answered by the TypeScript SDK', async () => {
    const wrong: unknown[] = []
    for (const one of cases) {
      const answer = await answerQuestion({ ...one, family: name })
      if (judge(one, answer) === 'failed') wrong.push({ wanted: { ...one, input: undefined }, answer })
    }
    expect(wrong).toEqual([])
  })
})
