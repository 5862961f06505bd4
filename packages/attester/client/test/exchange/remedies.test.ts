import { describe, expect, it } from 'vitest'
import { problem } from '../fake/fake-service.ts'
import { fakeWorld } from '../fake/fake-world.ts'

const other = 'https://pay.example'
const audiences = { 'https://api.example': 'https://api.example', [other]: other }

describe('a remedy', () => {
  it('is in the error, and in the event of a denial', async () => {
    const { client, service, events } = fakeWorld()
    const remedy = { kind: 'play_dialog', typeCode: 2 }
    service.mishaps['/v1/attestations'].push(
      problem(403, 'attestation_denied', { remedy: { kind: 'play_dialog', type_code: 2 } }),
    )
    await expect(client.getToken()).rejects.toMatchObject({ code: 'attestation_denied', remedy })
    expect(events.map(({ name, event }) => [name, event['remedy']])).toContainEqual(['denied', remedy])
  })

  it('is of the API that got no token, where another did', async () => {
    const { client, service } = fakeWorld({ audiences })
    service.settings.withheld.add(other)
    service.settings.remedies = [
      { audience: 'https://api.example', remedy: { kind: 'reload_page' } },
      { audience: other, remedy: { kind: 'update_os' } },
    ]
    await client.getToken('https://api.example')
    await expect(client.getToken(other)).rejects.toMatchObject({
      code: 'attestation_denied',
      remedy: { kind: 'update_os' },
    })
  })

  it.each([
    ['no member', undefined],
    ['no list', 'update_os'],
    ['null', null],
    ['a list of other things', [7, null, [], { audience: other }]],
    ['one that nobody knows', [{ audience: other, remedy: { kind: 'pray' } }]],
    ['one with a code that it has not', [{ audience: other, remedy: { kind: 'update_os', type_code: 1 } }]],
    ['a dialog without its code', [{ audience: other, remedy: { kind: 'play_dialog' } }]],
  ])('of another form is none, and no error: %s', async (_name, remedies) => {
    const { client, service } = fakeWorld({ audiences })
    service.settings.withheld.add(other)
    service.settings.remedies = remedies
    const error: unknown = await client.getToken(other).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'attestation_denied', remedy: undefined })
  })
})
