import { expect, it } from 'vitest'
import { webSocketRequest } from '../../src/request/web-socket-request.ts'
import { proofOf } from '../fake/fake-api.ts'
import { misuse } from '../fake/misuse.ts'
import { protectedWorld } from '../fake/protected-world.ts'

const claimsOf = (headers: Readonly<object>) => proofOf(new Headers({ ...headers })).claims

it.each([
  ['wss://api.example/feed?a=1', 'wss://api.example/feed?a=1', 'https://api.example/feed'],
  ['https://api.example/feed', 'wss://api.example/feed', 'https://api.example/feed'],
  ['WSS://API.example/a/../feed', 'wss://API.example/a/../feed', 'https://api.example/feed'],
])('the handshake of %s is a GET with https', async (url, opened, proven) => {
  const { client } = protectedWorld()
  const request = await webSocketRequest(client, new URL(url).href === url ? new URL(url) : url)
  expect(request.url).toBe(opened)
  expect(claimsOf(request.headers)).toMatchObject({ htm: 'GET', htu: proven })
})

it('each handshake has its own proof, with the nonce and the access token that it is given', async () => {
  const { client } = protectedWorld()
  const given = { nonce: 'n1', authorization: 'Bearer user' }
  const [one, two] = [
    await webSocketRequest(client, 'wss://api.example/'),
    await webSocketRequest(client, 'wss://api.example/', given),
  ]
  expect(claimsOf(one.headers).jti).not.toBe(claimsOf(two.headers).jti)
  expect(claimsOf(two.headers)).toMatchObject({ nonce: 'n1', ath: expect.any(String) as string })
})

it.each(['wss://foreign.example/feed', 'ftp://api.example/', '/feed', 'wss:api.example', ''])(
  'nothing is proven for %j',
  async (url) => {
    await expect(webSocketRequest(protectedWorld().client, url)).rejects.toThrow(misuse('url'))
  },
)
