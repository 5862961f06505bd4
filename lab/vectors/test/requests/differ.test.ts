import fc from 'fast-check'
import { createNodeCrypto } from '@assay/guard/node'
import { describe, expect, it } from 'vitest'
import { answersOf } from '../../src/requests/differing/answers-of.ts'
import { type Ask, differ } from '../../src/requests/differing/differ.ts'
import { inputOf, randomCases } from '../../src/requests/differing/random-cases.ts'
import { runDiffer } from '../../src/requests/differing/run-differ.ts'
import type { RequestCase, Step } from '../../src/requests/form/request-case.ts'
import { answerCase } from '../../src/requests/running/answer-case.ts'
import type { Answer } from '../../src/wire/driver/contract.ts'
import { guardRunner } from '../../src/wire/driver/own-runners.ts'
import type { Runner } from '../../src/wire/driver/run-runner.ts'

type Request = Step['request']

const crypto = createNodeCrypto()
const part = (text = '', at: number) => Buffer.from(text.split('.')[at] ?? '', 'base64url').toString('latin1')
const field = ({ fields }: Request, called: string) =>
  fields.find(([name]) => name.toLowerCase() === called)?.[1]

/** The guard, which decides otherwise about one class of requests. */
function planted(isPlanted: (request: Request) => boolean): Ask {
  return async (questions) => {
    const answers = new Map<string, Answer>()
    for (const { id, input } of questions) {
      const asked = input as unknown as RequestCase['input']
      const answer = await answerCase(asked, crypto)
      const output =
        'output' in answer &&
        answer.output.map((decision, i) =>
          isPlanted((asked.steps[i] as Step).request)
            ? { ...decision, status: 299, code: 'PLANTED' }
            : decision,
        )
      const stated = { id, ...answer, ...(output === false ? {} : { output }) }
      answers.set(id, JSON.parse(JSON.stringify(stated)) as Answer)
    }
    return answers
  }
}

const textBehindHeader = (request: Request) =>
  part(field(request, 'authorization')?.split(' ').at(-1), 0).endsWith('}x')
const escapedName = (request: Request) => /"\\u00\w+":/.test(part(field(request, 'dpop'), 1))
const escapedTwice = ({ target }: Request) => target.includes('%2541')

describe('differ', () => {
  it('finds no difference between the guard and itself, among all sorts of answers', async () => {
    const outcome = await differ(
      planted(() => false),
      { runs: 1000, seed: 1 },
    )
    expect(outcome.differences).toEqual([])
    expect(outcome).toMatchObject({ compared: 1000, skipped: 0 })
    expect(Math.min(outcome.served, outcome.refused)).toBeGreaterThan(200)
    expect(outcome.misuse).toBeGreaterThan(10)
    expect(outcome.codes.size).toBeGreaterThan(50)
  })

  it.each([
    ['text behind a header in Authorization', textBehindHeader],
    ['an escaped name in a proof', escapedName],
    ['a path that is escaped twice', escapedTwice],
  ])('finds %s, and leaves little beside it', async (_what, isPlanted) => {
    const { differences } = await differ(planted(isPlanted), { runs: 1000, seed: 1 })
    expect(differences.length).toBeGreaterThan(0)
    for (const { kind } of differences) expect(kind).toContain('by the runner PLANTED')
    const lengths = differences.map(({ shrunk, question }) => [
      shrunk.edits.length,
      (question.input['steps'] as unknown[]).length,
    ])
    expect(lengths.some(([edits = 9, steps = 9]) => edits <= 1 && steps === 1)).toBe(true)
  })

  it('makes the same cases of the same seed', () => {
    const made = () => fc.sample(randomCases, 50).map(inputOf)
    expect(made()).toEqual(made())
  })

  it('does not take a runner that answers nothing for one that agrees', async () => {
    const { differences } = await differ(async () => new Map(), { runs: 3, seed: 1 })
    expect(differences).toMatchObject([{ kind: 'no answer', count: 3 }])
  })
})

/** A runner in a line: `answer` is what it makes of a question. */
const node = (answer: string): Runner => ({
  command: process.execPath,
  args: [
    '-e',
    `require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { id } = JSON.parse(line); ${answer} })`,
  ],
})

describe('answersOf', () => {
  const questions = [...'abcde'].map((id) => ({ id, family: 'requests', input: {} }))

  it('finds the question at which a runner ends', async () => {
    const runner = node(`if (id === 'c') process.exit(3); console.log(JSON.stringify({ id, output: [] }))`)
    const answers = await answersOf(runner, questions)
    expect([...answers.values()].filter(({ error }) => error === undefined)).toHaveLength(4)
    expect(answers.get('c')?.error).toContain('ended with 3')
  })

  it('does not look for a question where there is no runner', async () => {
    await expect(answersOf({ command: '/nowhere/runner' }, questions)).rejects.toThrow('ENOENT')
  })
})

describe('npm run wire -- differ', () => {
  const run = async (runner: Runner | undefined, ...args: string[]) => {
    const lines: string[] = []
    const command = runner === undefined ? [] : ['--', runner.command, ...(runner.args ?? [])]
    return { code: await runDiffer([...args, ...command], (line) => void lines.push(line)), lines }
  }

  it('prints a difference as a vector, to which the guard answers as is printed', async () => {
    const { code, lines } = await run(
      node(`console.log(JSON.stringify({ id, output: [] }))`),
      '--runs',
      '2',
      '--seed',
      '1',
    )
    expect(code).toBe(1)
    expect(lines[0]).toBe('seed 1')
    const [vector = ''] = lines.filter((line) => line.startsWith('  vector '))
    const { input, output } = JSON.parse(vector.slice('  vector '.length)) as RequestCase
    expect(await answerCase(input, crypto)).toEqual({ output })
    expect(lines.at(-1)).toMatch(/^2 cases compared .* 2 differences of 1 kinds, seed 1$/)
  })

  it('ends with 0 where nothing differs, and with 2 for what it does not understand', async () => {
    expect(await run(guardRunner, '--runs', '20', '--seed', 'random')).toMatchObject({ code: 0 })
    expect(await run(undefined, '--runs', '20')).toMatchObject({ code: 2 })
    for (const args of [['--runs', '1.5'], ['--runs', '0'], ['--seed', 'x'], ['--other']])
      expect(await run(guardRunner, ...args)).toMatchObject({ code: 2 })
  })

  it('takes every seed that it may draw', async () => {
    expect(await run(guardRunner, '--runs', '1', '--seed', '2147483647')).toMatchObject({ code: 0 })
  })
})
