import { createHash, createPublicKey, randomUUID, sign } from 'node:crypto'
import { headerNames, jwtTypes } from '@assay/protocol'
import { createSoftwareKey, forgeProof, signJws } from '@assay/testkit'
import { without, type Code } from '../attack/sdks.ts'
import { allCodes, sendToApi } from '../drivers/attempt.ts'
import * as kotlin from '../drivers/kotlin.ts'
import * as swift from '../drivers/swift.ts'
import { inOtherHands, signed, twice } from '../drivers/other-hands.ts'
import type { Api } from '../drivers/scene.ts'
import type { Attack } from '../attack/attack.ts'
import { noToken, onlyAssay, refusedWith, through } from '../attack/expected.ts'
import { encodePart, openJws, signHs256 } from '../kinds/jws.ts'
import { forgedRequest, send, sound, withLoot } from '../kinds/forged-request.ts'
import { allOf, served } from '../world/outcome.ts'
import { shop } from '../world/world.ts'

const times = 20

/** Proofs of possession for another request, another time, or another key. */
export const proofs: readonly Attack[] = [
  forgedRequest({
    id: 'proof-other-method',
    sdks: inOtherHands(async (scene) => sendToApi(scene.api, await signed(scene), 'POST')),
    title: 'A proof for reading is used for writing',
    oat: 'OAT-021',
    method: 'htm GET at POST, HEAD at GET, GET in lower case',
    expected: onlyAssay(noToken, refusedWith('PROOF_HTM')),
    forge: ({ token, key, url }) => [
      { token, proof: forgeProof(key, 'GET', url), method: 'POST' },
      { token, proof: forgeProof(key, 'HEAD', url) },
      { token, proof: forgeProof(key, 'get', url) },
    ],
  }),
  forgedRequest({
    id: 'proof-other-url',
    sdks: inOtherHands(async (scene) =>
      sendToApi(scene.api, await signed(scene, 'GET', `${scene.api.url}/v1/payments`)),
    ),
    title: 'A proof is for another URL, or for one that only looks like this one',
    oat: 'OAT-020',
    method: 'other path, host, port and scheme; user information, backslash, dots, case, an escaped slash',
    expected: onlyAssay(noToken, refusedWith('PROOF_HTU')),
    forge({ token, key, url, world }) {
      const { host, port } = new URL(world.apis.orders.url)
      const urls = [
        url.replace('orders', 'refunds'),
        `${url}/1`,
        url.replace('http:', 'https:'),
        url.replace(`:${port}`, ''),
        url.replace('127.0.0.1', 'api.evil.example'),
        `http://${host}@evil.example/v1/orders`,
        `http://evil.example@${host}/v1/orders`,
        `http://${host}\\v1\\orders`,
        url.replace('/v1', '/V1'),
        url.replace('/v1/', '/v1%2F'),
        url.replace('/v1', '//v1'),
        '/v1/orders',
      ]
      return urls.map((htu) => ({ token, proof: forgeProof(key, 'GET', htu) }))
    },
  }),
  {
    id: 'proof-replayed',
    sdks: inOtherHands(twice),
    title: 'A proof is used more than once',
    oat: 'OAT-006',
    method: `${times} times at the same moment after its first use`,
    expected: onlyAssay(noToken, refusedWith('PROOF_REPLAYED')),
    run: {
      assay: (world) =>
        withLoot(world, async (loot) => {
          const captured = sound(loot)
          const twin = await send(captured, world)
          const tries = Array.from({ length: times }, () => send(captured, world))
          return { attack: allOf(await Promise.all(tries)), twin }
        }),
    },
  },
  {
    id: 'proof-raced',
    sdks: inOtherHands(async (scene) => {
      const headers = await signed(scene)
      const codes = await Promise.all([1, 2, 3, 4].map(() => sendToApi(scene.api, headers)))
      // One of them is the request itself.
      return allCodes(codes.filter((_, i) => i !== codes.indexOf(null)))
    }),
    title: 'A proof is sent many times at once, before its first use is over',
    oat: 'OAT-013',
    method: `${times} connections; through if more than one of them is served`,
    expected: onlyAssay(noToken, refusedWith('PROOF_REPLAYED')),
    run: {
      assay: (world) =>
        withLoot(world, async (loot) => {
          const captured = sound(loot)
          const outcomes = await Promise.all(Array.from({ length: times }, () => send(captured, world)))
          const first = outcomes.filter(({ through }) => through)
          const others = outcomes.filter(({ through }) => !through)
          return { attack: first.length > 1 ? served() : allOf(others), twin: first[0] ?? allOf(others) }
        }),
    },
  },
  forgedRequest({
    id: 'proof-replayed-other-api',
    sdks: {
      async kotlin(stage) {
        const { own, foreign } = await kotlin.twoApis(stage)
        return atOther(stage.world.other, own, foreign)
      },
      async swift(stage) {
        const { own, foreign } = await swift.twoApis(stage)
        return atOther(stage.exacting, own, foreign)
      },
    },
    title: 'Token and proof of one API are sent to another',
    oat: 'OAT-020',
    method: "as captured, and with the other API's own token beside the captured proof",
    expected: onlyAssay(noToken, refusedWith('PROOF_HTU,TOKEN_AUDIENCE')),
    async forge({ token, key, url, device, world: { apis } }) {
      const other = await device.client.getToken(apis.payments.url)
      return [
        { token, proof: forgeProof(key, 'GET', url), target: apis.payments },
        { token: other.token, proof: forgeProof(key, 'GET', url), target: apis.payments },
      ]
    },
  }),
  {
    id: 'proof-replayed-second-node',
    sdks: without('at-the-api'),
    title: 'A proof is used once more at a second node of the API',
    oat: 'OAT-006',
    method: 'two guards under one base URL, which share a store of proofs in Valkey',
    needs: ['valkey-server'],
    expected: onlyAssay(noToken, refusedWith('PROOF_REPLAYED')),
    run: {
      assay: (world) =>
        withLoot(world, async ({ token, key }) => {
          const [first, second] = world.apis.sharingNodes ?? []
          if (first === undefined || second === undefined) throw new Error('Valkey was not started')
          const captured = { token, proof: forgeProof(key, 'GET', first.url + shop.orders) }
          const twin = await send({ ...captured, target: first }, world)
          return { attack: await send({ ...captured, target: second }, world), twin }
        }),
    },
  },
  {
    id: 'proof-replayed-unshared-node',
    sdks: without('at-the-api'),
    title: 'A proof is used once more at a second node that shares nothing with the first',
    oat: 'OAT-006',
    method: 'two guards under one base URL, without a shared store and without nonces',
    expected: onlyAssay(noToken, through),
    run: {
      assay: (world) =>
        withLoot(world, async (loot) => {
          const captured = sound(loot)
          const twin = await send(captured, world)
          return { attack: await send({ ...captured, target: world.apis.ordersSecondNode }, world), twin }
        }),
    },
  },
  {
    id: 'proof-replayed-nonce-node',
    sdks: without('at-the-api'),
    title: 'A proof is used once more at a second node, where each node requires its own nonces',
    oat: 'OAT-006',
    method: 'two guards under one base URL, without a shared store',
    expected: onlyAssay(noToken, refusedWith('NONCE_INVALID')),
    run: {
      assay: (world) =>
        withLoot(world, async ({ token, key }) => {
          const [first, second] = world.apis.nonceNodes
          const url = first.url + shop.orders
          const asked = await fetch(url, {
            headers: { [headerNames.attestation]: token, [headerNames.dpop]: forgeProof(key, 'GET', url) },
          })
          const nonce = asked.headers.get(headerNames.dpopNonce)
          const captured = { token, proof: forgeProof(key, 'GET', url, { nonce }) }
          const twin = await send({ ...captured, target: first }, world)
          return { attack: await send({ ...captured, target: second }, world), twin }
        }),
    },
  },
  forgedRequest({
    id: 'proof-stale',
    sdks: without('forged'),
    title: 'Proofs are too old, or from the future',
    oat: 'OAT-006',
    method: 'ten minutes old, ten minutes ahead, and times that are no times',
    expected: onlyAssay(noToken, refusedWith('PROOF_CLAIMS,PROOF_FROM_FUTURE,PROOF_TOO_OLD')),
    forge: ({ token, key, url, now }) =>
      [now - 600, now + 600, String(now), -1, now + 600.5, null, 1e300].map((iat) => ({
        token,
        proof: forgeProof(key, 'GET', url, { iat }),
      })),
  }),
  forgedRequest({
    id: 'proof-alg-confused',
    sdks: without('forged'),
    title: "A proof without the device's signature",
    oat: 'OAT-020',
    method:
      "alg none, HS256 with the public key from the token, another key's signature under the device's key",
    expected: onlyAssay(noToken, refusedWith('PROOF_ALGORITHM,PROOF_SIGNATURE')),
    forge({ token, key, url }) {
      const { header, payload, parts } = openJws(forgeProof(key, 'GET', url))
      const pem = createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' }).export({
        type: 'spki',
        format: 'pem',
      })
      const proofs = [
        `${encodePart({ ...header, alg: 'none' })}.${parts[1]}.${parts[2]}`,
        signHs256({ ...header, alg: 'HS256' }, payload, pem),
        signHs256({ ...header, alg: 'HS256' }, payload, JSON.stringify(key.publicJwk)),
        signJws(header, payload, createSoftwareKey()),
      ]
      return proofs.map((proof) => ({ token, proof }))
    },
  }),
  forgedRequest({
    id: 'proof-user-token-swapped',
    sdks: inOtherHands(async (scene) => {
      const swapped = await signed(scene, 'GET', undefined, 'Bearer one')
      const added = await signed(scene)
      const others = { authorization: 'Bearer other' }
      return allCodes([
        await sendToApi(scene.api, { ...swapped, ...others }),
        await sendToApi(scene.api, { ...added, ...others }),
      ])
    }),
    title: "Someone else's login beside a captured proof",
    oat: 'OAT-008',
    method: 'the access token in Authorization is exchanged, added, or taken away',
    expected: onlyAssay(noToken, refusedWith('PROOF_ATH,PROOF_ATH_MISSING')),
    forge({ token, key, url }) {
      const ath = createHash('sha256').update('token-of-victim').digest('base64url')
      const covering = () => forgeProof(key, 'GET', url, { ath })
      return [
        { token, proof: covering(), headers: { authorization: 'DPoP token-of-another' } },
        { token, proof: forgeProof(key, 'GET', url), headers: { authorization: 'Bearer token-of-another' } },
        { token, proof: covering() },
      ]
    },
  }),
  forgedRequest({
    id: 'proof-weaker-method',
    sdks: {
      async kotlin(stage) {
        const { api } = stage.world
        const [headers] = await kotlin.headersFor(stage, [kotlin.orders(api.url)], {
          proof: 'attestation-pop',
        })
        return sendToApi(api, kotlin.named(headers, headerNames.attestation, headerNames.attestationPop))
      },
      async swift(stage) {
        const app = (await stage.phone()).start({ proof: 'attestation-pop' })
        const fields = await app.ask('sign', { url: `${stage.api.url}/v1/orders` })
        const sent = Object.entries(fields).filter(([name]) => /^oauth-client-attestation/i.test(name))
        return sendToApi(stage.api, Object.fromEntries(sent.map(([name, value]) => [name, String(value)])))
      },
    },
    title: 'Downgrade: a proof for the whole API in place of one for the request',
    oat: 'OAT-020',
    method: "the draft's PoP JWT beside a DPoP proof, at an API that asks for DPoP",
    expected: onlyAssay(noToken, refusedWith('PROOF_METHOD_NOT_ADMITTED')),
    forge({ token, key, url, now, world }) {
      const claims = { aud: world.apis.orders.url, iat: now, jti: randomUUID() }
      const pop = signJws({ typ: jwtTypes.attestationPop, alg: 'ES256' }, claims, key)
      return [{ token, proof: forgeProof(key, 'GET', url), headers: { [headerNames.attestationPop]: pop } }]
    },
  }),
  forgedRequest({
    id: 'proof-json-tricks',
    sdks: without('forged'),
    title: 'A proof is ambiguous: two parsers would read its JSON differently',
    oat: 'OAT-014',
    method: 'htu and jwk twice, half a character, depth, __proto__; each validly signed by the device',
    expected: onlyAssay(noToken, refusedWith('PROOF_MALFORMED')),
    forge({ token, key, url }) {
      const { parts } = openJws(forgeProof(key, 'GET', url))
      const text = (part: string) => Buffer.from(part, 'base64url').toString()
      const header = text(parts[0])
      const payload = text(parts[1])
      const forged = [
        [header, payload.replace('{', '{"htu":"http://evil.example/",')],
        [header.replace('{', '{"jwk":{},'), payload],
        [header, payload.replace('"jti":"', '"jti":"\\udfff')],
        [header, payload.replace('{', `{"x":${'['.repeat(100)}${']'.repeat(100)},`)],
        [header, payload.replace('{', '{"__proto__":{},')],
      ] as const
      return forged.map(([head, body]) => {
        const input = `${encodePart(head)}.${encodePart(body)}`
        const use = { key: key.privateKey, dsaEncoding: 'ieee-p1363' } as const
        return { token, proof: `${input}.${sign('sha256', Buffer.from(input), use).toString('base64url')}` }
      })
    },
  }),
  forgedRequest({
    id: 'proof-jti-tricks',
    sdks: without('forged'),
    title: 'Proofs have ids that the replay store could not remember',
    oat: 'OAT-015',
    method: 'no jti, a short one, one of 4 kB, one with a line break, a number',
    expected: onlyAssay(noToken, refusedWith('PROOF_JTI,REQUEST_FIELDS_TOO_LARGE')),
    forge: ({ token, key, url }) =>
      [undefined, 'short', 'j'.repeat(4000), 'line\nbreak-1', 12345678].map((jti) => ({
        token,
        proof: forgeProof(key, 'GET', url, { jti }),
      })),
  }),
]

type Fields = Readonly<Record<string, string>>

/** Sends a phone's fields for its own API to another API: as they are, and with that API's own token. */
async function atOther(other: Api, own: Fields, foreign: Fields): Promise<Code> {
  return allCodes([await sendToApi(other, own), await sendToApi(other, { ...own, ...foreign })])
}
