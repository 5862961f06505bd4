import { createHash } from 'node:crypto'
import { headerNames } from '@assay/protocol'
import { createSoftwareKey, forgeProof, type Device, type SoftwareKey } from '@assay/testkit'
import { without } from '../attack/sdks.ts'
import { allCodes, sendToApi } from '../drivers/attempt.ts'
import * as kotlin from '../drivers/kotlin.ts'
import * as swift from '../drivers/swift.ts'
import { inOtherHands, signed } from '../drivers/other-hands.ts'
import type { Attack, Attempt } from '../attack/attack.ts'
import { noToken, onlyAssay, refusedWith } from '../attack/expected.ts'
import { forgedRequest, send, sound, withLoot } from '../kinds/forged-request.ts'
import { call, present } from '../world/call.ts'
import { allOf } from '../world/outcome.ts'
import { laterBy, shop, type World } from '../world/world.ts'

/** `GET` of the orders at the API whose tokens are access tokens. */
const accessCall = ({ apis }: World, headers: Record<string, string>) => call(apis.access, { headers })

/** What the SDK sends there. */
const soundAccess = (token: string, proof: string) => ({
  authorization: `DPoP ${token}`,
  [headerNames.dpop]: proof,
})

/** Genuine tokens in the wrong hands. */
export const tokens: readonly Attack[] = [
  forgedRequest({
    id: 'token-stolen',
    sdks: inOtherHands(async (scene) => {
      const [victim, thief] = [await signed(scene), await signed(scene)]
      return sendToApi(scene.api, {
        ...thief,
        [headerNames.attestation]: victim[headerNames.attestation] ?? '',
      })
    }),
    title: 'A stolen token is used without its key',
    oat: 'OAT-020',
    method: "the proof is made with the thief's own key",
    expected: onlyAssay(noToken, refusedWith('PROOF_KEY_MISMATCH')),
    forge: ({ token, url }) => [{ token, proof: forgeProof(createSoftwareKey(), 'GET', url) }],
  }),
  {
    id: 'token-without-proof',
    sdks: inOtherHands(async (scene) => {
      const { [headerNames.attestation]: token = '' } = await signed(scene)
      return allCodes([
        await sendToApi(scene.api, { [headerNames.attestation]: token }),
        await sendToApi(scene.api, { authorization: `Bearer ${token}` }),
      ])
    }),
    title: 'A token is used as a bearer token',
    oat: 'OAT-020',
    method: 'in its own field and in Authorization, with no proof',
    expected: onlyAssay(noToken, refusedWith('PROOF_MISSING,TOKEN_KIND')),
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
  {
    id: 'token-kind-swapped',
    sdks: without('at-the-api'),
    title: 'A token of one kind is used as the other',
    oat: 'OAT-020',
    method:
      'an attestation token in Authorization, an access token in OAuth-Client-Attestation, both at once, and one in a cookie, with sound proofs',
    expected: onlyAssay(noToken, refusedWith('TOKEN_KIND,TOKEN_MISSING')),
    run: {
      assay: (world) =>
        withAccess(world, async ({ device, key, token, proof }) => {
          const attestation = await device.client.getToken(world.apis.orders.url)
          const url = world.apis.orders.url + shop.orders
          const atOrders = (headers: Record<string, string>) => call(world.apis.orders, { headers })
          const twin = await accessCall(world, soundAccess(token, proof(token)))
          const tries = [
            // Its own API and the other, in the field of the other kind.
            await accessCall(world, soundAccess(attestation.token, proof(attestation.token))),
            await accessCall(world, present(token, proof())),
            await atOrders(present(token, forgeProof(key, 'GET', url))),
            // Both at once, each where it belongs.
            await accessCall(world, { ...soundAccess(token, proof(token)), ...only(attestation.token) }),
            await atOrders({
              ...present(attestation.token, forgeProof(key, 'GET', url, { ath: hashOf(token) })),
              authorization: `DPoP ${token}`,
            }),
            await accessCall(world, { cookie: `access_token=${token}`, [headerNames.dpop]: proof(token) }),
          ]
          return { attack: allOf(tries), twin }
        }),
    },
  },
  {
    id: 'bound-token-as-bearer',
    sdks: without('at-the-api'),
    title: 'A bound access token is used as a bearer token',
    oat: 'OAT-020',
    method:
      'as `Bearer` with and without a proof of another request, and as `DPoP` without a proof or with that of a thief',
    expected: onlyAssay(noToken, refusedWith('PROOF_KEY_MISMATCH,PROOF_MISSING,TOKEN_SCHEME')),
    run: {
      assay: (world) =>
        withAccess(world, async ({ token, proof, thief }) => {
          const tries = [
            { authorization: `Bearer ${token}` },
            { authorization: `Bearer ${token}`, [headerNames.dpop]: proof(token) },
            { authorization: `DPoP ${token}` },
            soundAccess(token, thief(token)),
          ].map((headers) => accessCall(world, headers))
          const attack = allOf(await Promise.all(tries))
          return { attack, twin: await accessCall(world, soundAccess(token, proof(token))) }
        }),
    },
  },
  forgedRequest({
    id: 'token-other-audience',
    sdks: {
      async kotlin(stage) {
        const { own, foreign } = await kotlin.twoApis(stage)
        return sendToApi(stage.world.api, { ...own, ...foreign })
      },
      async swift(stage) {
        const { own, foreign } = await swift.twoApis(stage)
        return sendToApi(stage.api, { ...own, ...foreign })
      },
    },
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
    sdks: without('forged'),
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

/** A genuine device with an access token, and proofs for the orders that cover what they are given. */
interface AccessLoot {
  readonly device: Device
  readonly key: SoftwareKey
  readonly token: string
  proof(covered?: string): string
  /** The same by another key. */
  thief(covered: string): string
}

async function withAccess(world: World, use: (loot: AccessLoot) => Promise<Attempt>): Promise<Attempt> {
  const device = await world.device()
  try {
    const url = world.apis.access.url + shop.orders
    const { token } = await device.client.getToken(world.apis.access.url)
    const proofBy = (key: SoftwareKey) => (covered?: string) =>
      forgeProof(key, 'GET', url, covered === undefined ? {} : { ath: hashOf(covered) })
    const { key } = device
    return await use({ device, key, token, proof: proofBy(key), thief: proofBy(createSoftwareKey()) })
  } finally {
    device.close()
  }
}

function only(token: string): Record<string, string> {
  return { [headerNames.attestation]: token }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
