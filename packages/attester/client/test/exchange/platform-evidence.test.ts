import { createHash } from 'node:crypto'
import type { EvidencePurpose } from '@assay/protocol'
import { describe, expect, it } from 'vitest'
import type { EvidenceSource } from '../../src/runtime/ports.ts'
import { problem } from '../fake/fake-service.ts'
import { audience, codeOf, fakeWorld, type World } from '../fake/fake-world.ts'

describe('platform evidence', () => {
  /** A source that records each request, and fails as often as specified. */
  function source(format: string, fails: { prepare?: number; collect?: number } = {}) {
    let { prepare = 0, collect = 0 } = fails
    const asked: EvidencePurpose[] = []
    const bindings: string[] = []
    const cause = Object.assign(new Error('no'), { code: 'ERR_APP_INTEGRITY_INVALID_KEY' })
    const made: EvidenceSource = {
      prepare(purpose) {
        asked.push(purpose)
        if (prepare-- > 0) throw cause
        return {
          format: `${format}-${purpose}`,
          collect(binding) {
            bindings.push(binding)
            return collect-- > 0 ? Promise.reject(cause) : { format: 'x', value: 1 }
          },
        }
      },
    }
    return { ...made, asked, bindings, cause }
  }

  const sentBy = ({ service }: World) =>
    service
      .bodies('/v1/attestations')
      .map((body) => JSON.parse(body) as { evidence: unknown; client_data: string })

  it('commits to the binding and is listed in client data', async () => {
    const example = source('example')
    const world = fakeWorld({ evidence: [example] })
    world.service.settings.evidence = 'enrolment'
    await world.client.getToken()
    const [sent] = sentBy(world)
    expect(sent?.evidence).toEqual([{ format: 'example-enrolment', value: 1 }])
    expect(world.service.clientData[0]?.evidence).toEqual(['example-enrolment'])
    const expected = createHash('sha256')
      .update('assay/binding/1\0')
      .update(Buffer.from(sent?.client_data ?? '', 'base64url'))
    expect(example.bindings).toEqual([expected.digest('base64url')])
  })

  it('is not asked for where the service wants none', async () => {
    const example = source('example')
    const { client, service } = fakeWorld({ evidence: [example] })
    await client.getToken()
    expect(example.asked).toEqual([])
    expect(service.clientData[0]?.evidence).toEqual([])
  })

  it('is asked for as the service says, of each source in order; one that has nothing to give is left out', async () => {
    const [first, last] = [source('first'), source('last')]
    const empty: EvidenceSource = { prepare: () => undefined }
    const { client, service } = fakeWorld({ evidence: [first, empty, last] })
    for (const wanted of ['enrolment', 'refresh'] as const) {
      service.settings.evidence = wanted
      await client.getToken(audience, { forceRefresh: true })
    }
    expect(first.asked).toEqual(['enrolment', 'refresh'])
    expect(service.clientData.map(({ evidence }) => evidence)).toEqual([
      ['first-enrolment', 'last-enrolment'],
      ['first-refresh', 'last-refresh'],
    ])
  })

  it.each(['prepare', 'collect'])(
    'that fails at a refresh to %s is asked for once more, as for an enrolment',
    async (where) => {
      const example = source('example', { [where]: 1 })
      const world = fakeWorld({ evidence: [example] })
      world.service.settings.evidence = 'refresh'
      expect((await world.client.getToken()).token).toBe('token-1')
      expect(example.asked).toEqual(['refresh', 'enrolment'])
      expect(sentBy(world).map(({ evidence }) => evidence)).toEqual([
        [{ format: 'example-enrolment', value: 1 }],
      ])
      expect(world.service.bodies('/v1/challenges')).toHaveLength(2)
    },
  )

  it.each([
    ['enrolment', 'prepare', ['enrolment']],
    ['enrolment', 'collect', ['enrolment']],
    ['refresh', 'prepare', ['refresh', 'enrolment']],
    ['refresh', 'collect', ['refresh', 'enrolment']],
  ] as const)(
    'that fails for good (%s, %s) passes the error of the platform on',
    async (wanted, where, asked) => {
      const example = source('example', { [where]: 9 })
      const { client, service } = fakeWorld({ evidence: [example] })
      service.settings.evidence = wanted
      const error = await client.getToken().catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'evidence_failed', retryable: true, cause: example.cause })
      expect(example.asked).toEqual(asked)
      expect(service.bodies('/v1/attestations')).toEqual([])
    },
  )

  const required = problem(409, 'enrolment_required')

  it('that the service does not remember is sent anew, from a new challenge', async () => {
    const example = source('example')
    const { client, service } = fakeWorld({ evidence: [example] })
    service.settings.evidence = 'refresh'
    service.mishaps['/v1/attestations'].push(required)
    expect((await client.getToken()).token).toBe('token-1')
    expect(example.asked).toEqual(['refresh', 'enrolment'])
    expect(service.bodies('/v1/challenges')).toHaveLength(2)
    expect(service.clientData.map(({ evidence }) => evidence)).toEqual([['example-enrolment']])
  })

  it('is not sent a third time where the service requires an enrolment again', async () => {
    const example = source('example')
    const { client, service } = fakeWorld({ evidence: [example] })
    service.settings.evidence = 'refresh'
    service.mishaps['/v1/attestations'].push(required, required)
    const error = await client.getToken().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'evidence_failed', problem: 'enrolment_required' })
    expect(service.bodies('/v1/attestations')).toHaveLength(2)
  })

  it('for another purpose than those known is not taken for an answer of the service', async () => {
    const example = source('example')
    const { client, service, time } = fakeWorld({ evidence: [example] })
    service.settings.evidence = 'other' as EvidencePurpose
    expect(await codeOf(time.settle(client.getToken()))).toBe('response_invalid')
    expect(example.asked).toEqual([])
  })
})
