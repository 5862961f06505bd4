import { traceIdOf } from '@assay/protocol'
import type { AttestationTrace, InstallationQuery } from '@assay/protocol/schemas'
import { describe, expect, it } from 'vitest'
import { ProblemError } from '../../../src/faults/problem-error.ts'
import { candidatesIn } from '../../../src/provisioning/search/candidates.ts'
import { createSearchUseCases } from '../../../src/provisioning/search/search.usecases.ts'

const trace = traceIdOf(new Uint8Array(10).fill(0x5c))
const grouped = trace.toLowerCase().replace(/.{4}/g, '$& ')
const former = 'JnGmJ1zKQxq0V7yq3c2hVA'
const key = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs'

describe('a text names', () => {
  it.each([
    ['a trace in groups, in a sentence', `Ada reads out ${grouped}, and is angry.`, 'traces', [trace]],
    ['a trace after a label', `trace:${trace}.`, 'traces', [trace]],
    ['a trace in a line of a log', `{"trace":"${trace}","code":"X"}`, 'traces', [trace]],
    ['a trace of the former kind', `denied (trace ${former})`, 'traces', [former]],
    [
      'no trace, with a wrong character',
      `${trace.slice(0, 16)}${trace.endsWith('0') ? '1' : '0'}`,
      'traces',
      [],
    ],
    ['a key in quotes', `jkt "${key}"`, 'thumbprints', [key]],
    ['a build at the end of a sentence', 'Everybody with build 4.7.1+471.', 'builds', ['4.7.1+471']],
    ['a reference alone, with its spaces', 'Ada Lovelace', 'references', ['Ada Lovelace']],
    [
      'a reference in quotes',
      'who is "Ada Lovelace" here',
      'references',
      ['who is "Ada Lovelace" here', 'Ada Lovelace'],
    ],
    ['an address', 'it is ada@example.com!', 'references', ['it is ada@example.com!', 'ada@example.com']],
  ] as const)('%s', (_what, text, kind, found) => expect(candidatesIn(text)[kind]).toEqual(found))

  it('few things, however long it is: nobody goes through users with it', () => {
    const many = candidatesIn(Array.from({ length: 200 }, (_, i) => `user-${i}`).join(' '))
    expect(many.references.length).toBeLessThanOrEqual(4)
    expect(many.builds.length).toBeLessThanOrEqual(8)
  })
})

describe('the search', () => {
  const asked: string[] = []
  const search = createSearchUseCases({
    apps: async () => [
      { id: 'com.example.a', references: true },
      { id: 'com.example.b', references: false },
    ],
    audiencesOf: async () => ['https://api.example.com'],
    findTrace: async (id) =>
      id === trace
        ? ({ trace, app: 'com.example.a', segments: ['s'] } as unknown as AttestationTrace)
        : undefined,
    findInstallations: async (app: string, query: InstallationQuery) => {
      asked.push(`${app} ${Object.keys(query).join()}`)
      throw new ProblemError('installation_not_found')
    },
    findBuild: async () => undefined,
  })

  it('finds a trace for a key that sees its app, and nothing for another', async () => {
    const text = `please look at ${grouped}`
    const [own] = (await search.search({ text }, ['com.example.a'])).traces
    expect(own).toMatchObject({ trace, app: 'com.example.a' })
    expect(own).not.toHaveProperty('segments')
    expect((await search.search({ text }, ['com.example.b'])).traces).toEqual([])
    expect((await search.search({ text, app: 'com.example.b' }, undefined)).traces).toEqual([])
  })

  it('asks for references only where the app has them, and for a thumbprint by each name', async () => {
    asked.length = 0
    await search.search({ text: key }, undefined)
    expect(asked).toEqual([
      'com.example.a key',
      'com.example.a audience,installation',
      'com.example.a reference',
      'com.example.b key',
      'com.example.b audience,installation',
    ])
  })
})
