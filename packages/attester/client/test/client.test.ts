import { describe, expect, it } from 'vitest'
import { audience, fakeWorld } from './fake/fake-world.ts'

describe('getToken', () => {
  it('exchanges evidence for a token', async () => {
    const { client, service } = fakeWorld()
    expect(await client.getToken()).toEqual({
      audience,
      token: service.issued[0],
      expiresIn: 295,
      trace: 'rrrrrrrrrrrrrrrrrrrrrr',
    })
  })

  it('keeps the token', async () => {
    const { client, service } = fakeWorld()
    await client.getToken()
    await client.getToken(audience)
    expect(service.calls).toHaveLength(2)
  })
})
