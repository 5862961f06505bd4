import { headerNames } from '@assay/protocol'
import { createSoftwareKey, forgeProof } from '@assay/testkit'
import type { Attack } from '../attack/attack.ts'
import { noToken, onlyAssay, refusedWith } from '../attack/expected.ts'
import { forgedRequest, send, sound, withLoot } from '../kinds/forged-request.ts'
import { call } from '../world/call.ts'
import { allOf } from '../world/outcome.ts'
import { laterBy, shop } from '../world/world.ts'

/** Genuine tokens in the wrong hands. */
export const tokens: readonly Attack[] = [
  forgedRequest({
    id: 'token-stolen',
    title: 'A stolen token is used without its key',
    oat: 'OAT-020',
    method: "the proof is made with the thief's own key",
    expected: onlyAssay(noToken, refusedWith('PROOF_KEY_MISMATCH')),
    forge: ({ token, url }) => [{ token, proof: forgeProof(createSoftwareKey(), 'GET', url) }],
  }),
  {
    id: 'token-without-proof',
    title: 'A token is used as a bearer token',
    oat: 'OAT-020',
    method: 'in its own field and in Authorization, with no proof',
    expected: onlyAssay(noToken, refusedWith('PROOF_MISSING,TOKEN_MISSING')),
    run: {
      assay: (world) =>
        withLoot(world, async (loot) => {
          const { token } = loot
          const tries = [
            { [headerNames.attestation]: token },
            { authorization: `Bearer ${token}` },
            { [headerNames.attestation]: token, authorization: `Bearer ${token}` },
          ].map((headers) => call(world.apis.orders, { headers }))
          return { attack: allOf(await Promise.all(tries)), twin: await send(sound(loot), world) }
        }),
    },
  },
  forgedRequest({
    id: 'token-other-audience',
    title: 'A token for another API is used',
    oat: 'OAT-020',
    method: 'genuine, for the same app and key, with a sound proof',
    expected: onlyAssay(noToken, refusedWith('TOKEN_AUDIENCE')),
    async forge({ device, key, url, world }) {
      const { token } = await device.client.getToken(world.apis.payments.url)
      return [{ token, proof: forgeProof(key, 'GET', url) }]
    },
  }),
  forgedRequest({
    id: 'token-expired',
    withoutSdk: ['forged'],
    title: 'An expired token is used',
    oat: 'OAT-006',
    method: `an API whose clock is ${laterBy / 60} minutes ahead, a proof that is fresh there`,
    expected: onlyAssay(noToken, refusedWith('TOKEN_EXPIRED')),
    forge({ token, key, now, world: { apis } }) {
      const url = apis.later.url + shop.orders
      return [{ token, proof: forgeProof(key, 'GET', url, { iat: now + laterBy }), target: apis.later }]
    },
  }),
]
