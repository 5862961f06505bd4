import { paths, type AttestationResponse } from '@assay/protocol'
import { createSoftwareKey, forgeProof } from '@assay/testkit'
import { without } from '../attack/sdks.ts'
import type { Attack } from '../attack/attack.ts'
import { noToken, onlyAssay, refusedWith } from '../attack/expected.ts'
import { call, post, present } from '../world/call.ts'
import { allOf } from '../world/outcome.ts'
import { developmentApp, shop, type World } from '../world/world.ts'

/** What developers have, used against production. */
export const development: readonly Attack[] = [
  {
    id: 'development-token-in-production',
    sdks: without('forged'),
    title: "A developer's secret, used against production",
    oat: 'OAT-020',
    method:
      'its token at the guarded API with a sound proof, and the secret for the app and API of production',
    expected: onlyAssay(noToken, refusedWith('TOKEN_KEY_UNKNOWN,development_refused')),
    run: {
      async assay(world) {
        const { orders, developing } = world.apis
        const secret = await world.operator.developmentSecret(developing.url)
        const key = createSoftwareKey()
        const asked = {
          build: 'dev',
          sdk: 'attacker/1.0.0',
          key: key.publicJwk,
          secret,
        }
        const token = await developmentToken(world, {
          ...asked,
          app: developmentApp,
          audiences: [developing.url],
        })
        const at = (url: string) => present(token, forgeProof(key, 'GET', url + shop.orders))
        const tries = [
          await call(orders, { headers: at(orders.url) }),
          await post(world, paths.developmentTokens, {
            ...asked,
            app: developmentApp,
            audiences: [orders.url],
          }),
          await post(world, paths.developmentTokens, {
            ...asked,
            app: world.apps.android,
            audiences: [orders.url],
          }),
        ]
        return { attack: allOf(tries), twin: await call(developing, { headers: at(developing.url) }) }
      },
    },
  },
]

async function developmentToken({ service }: World, body: object): Promise<string> {
  const response = await fetch(service + paths.developmentTokens, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const { tokens } = (await response.json()) as AttestationResponse
  return tokens[0]?.token ?? ''
}
