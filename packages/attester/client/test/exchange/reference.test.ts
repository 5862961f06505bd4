import { describe, expect, it } from 'vitest'
import { fakeWorld } from '../fake/fake-world.ts'
import { misuse } from '../fake/misuse.ts'

describe('a reference', () => {
  it('is in client data before the evidence, from the next exchange on, and in no event', async () => {
    const { client, service, events } = fakeWorld()
    client.setReference('customer 4711')
    expect(service.calls).toEqual([])
    await client.getToken()
    expect(Object.keys(service.clientData[0] as object).slice(-3)).toEqual([
      'probes',
      'reference',
      'evidence',
    ])
    expect(service.clientData[0]?.reference).toBe('customer 4711')
    client.setReference(undefined)
    await client.getToken(undefined, { forceRefresh: true })
    expect(service.clientData[1]).not.toHaveProperty('reference')
    expect(JSON.stringify(events)).not.toContain('4711')
  })

  it.each<[string, unknown]>([
    ['nothing', ''],
    ['more than 128 bytes', `${'\u00e9'.repeat(64)}a`],
    ['a control character', 'a\u0085'],
    ['half a surrogate pair', 'a\ud83d'],
    ['a number', 4711],
    ['null', null],
    ['an object', { toString: () => 'a' }],
  ])('is misuse with %s, and the one before stays', async (_name, wrong) => {
    const { client, service } = fakeWorld()
    client.setReference('\u{1f600}'.repeat(32))
    expect(() => client.setReference(wrong as string)).toThrow(misuse('reference'))
    await client.getToken()
    expect(service.clientData[0]?.reference).toBe('\u{1f600}'.repeat(32))
  })
})
