import { describe, expect, it } from 'vitest'
import { readOptions } from '../src/options.ts'
import { runSubject } from '../src/subject/subject.ts'

const ids = ['guard:bun', 'sdk:ios']

describe('the arguments', () => {
  it('ask for everything unless they say otherwise', () => {
    expect(readOptions([], ids)).toEqual({ json: false, chosen: new Set(ids), withoutTested: false })
    expect(readOptions(['--json', '--without-tested', '--only', 'sdk:ios'], ids)).toEqual({
      json: true,
      chosen: new Set(['sdk:ios']),
      withoutTested: true,
    })
  })

  it('may leave a subject out', () => {
    expect(readOptions(['--except', 'sdk:ios'], ids).chosen).toEqual(new Set(['guard:bun']))
    expect(readOptions(['--only', 'sdk:ios', '--except', 'sdk:ios'], ids).chosen).toEqual(new Set())
  })

  it('name subjects that there are, and nothing else', () => {
    expect(() => readOptions(['--only', 'sdk:none'], ids)).toThrow('there is no subject sdk:none')
    expect(() => readOptions(['--except', 'sdk:none'], ids)).toThrow('there is no subject sdk:none')
    expect(() => readOptions(['--only'], ids)).toThrow('--only')
    expect(() => readOptions(['--quiet'], ids)).toThrow('--quiet')
  })
})

it('a subject learns whether tests run some of its cases as well, and is asked in full by default', async () => {
  const asked: boolean[] = []
  const run = (withoutTested: boolean) => {
    asked.push(withoutTested)
    return Promise.resolve([{ name: 'a' }])
  }
  await runSubject({ id: 'a', run })
  await runSubject({ id: 'a', run }, true)
  expect(asked).toEqual([false, true])
})
