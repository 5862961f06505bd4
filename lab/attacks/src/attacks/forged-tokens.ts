import { createPublicKey } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { paths, type Jwks } from '@assay/protocol'
import { createSoftwareKey, forgeProof, signJws, type SoftwareKey } from '@assay/testkit'
import { without } from '../attack/sdks.ts'
import type { Attack } from '../attack/attack.ts'
import { noToken, onlyAssay, refusedWith } from '../attack/expected.ts'
import { encodePart, openJws, signHs256 } from '../kinds/jws.ts'
import { forgedRequest, send, sound, withLoot } from '../kinds/forged-request.ts'
import { allOf, served } from '../world/outcome.ts'

/** Tokens that the service did not sign as they are. */
export const forgedTokens: readonly Attack[] = [
  forgedRequest({
    id: 'token-claims-changed',
    sdks: without('forged'),
    title: 'The claims of a genuine token are changed',
    oat: 'OAT-019',
    method: 'another tier, later expiry, other key, other app; the signature is the old one',
    expected: onlyAssay(noToken, refusedWith('TOKEN_SIGNATURE')),
    forge({ token, key, url, now }) {
      const { payload, parts } = openJws(token)
      const own = createSoftwareKey()
      const changed = (claims: object, prover = key) => ({
        token: `${parts[0]}.${encodePart({ ...payload, ...claims })}.${parts[2]}`,
        proof: forgeProof(prover, 'GET', url),
      })
      return [
        changed({ ear_status: payload['ear_status'] === 'affirming' ? 'warning' : 'affirming' }),
        changed({ exp: now + 100_000 }),
        changed({ cnf: { jwk: own.publicJwk } }, own),
        changed({ sub: 'com.example.other' }),
      ]
    },
  }),
  forgedRequest({
    id: 'token-alg-none',
    sdks: without('forged'),
    title: 'A token states that it needs no signature',
    oat: 'OAT-019',
    method: 'alg none in four spellings, with an empty and with the old signature',
    expected: onlyAssay(noToken, refusedWith('TOKEN_ALGORITHM,TOKEN_MALFORMED')),
    forge({ token, key, url }) {
      const { header, parts } = openJws(token)
      return ['none', 'None', 'NONE', 'nOnE'].flatMap((alg) =>
        ['', parts[2]].map((signature) => ({
          token: `${encodePart({ ...header, alg })}.${parts[1]}.${signature}`,
          proof: forgeProof(key, 'GET', url),
        })),
      )
    },
  }),
  forgedRequest({
    id: 'token-hmac-with-public-key',
    sdks: without('forged'),
    title: "A token signed HS256, with the service's public key as the secret",
    oat: 'OAT-019',
    method: 'the key as JWKS, JWK, PEM, DER and raw coordinate; the tier is raised',
    expected: onlyAssay(noToken, refusedWith('TOKEN_ALGORITHM')),
    async forge({ token, key, url, world }) {
      const { header, payload } = openJws(token)
      const claims = { ...payload, ear_status: 'affirming' }
      return (await spellings(world.service)).map((secret) => ({
        token: signHs256({ ...header, alg: 'HS256' }, claims, secret),
        proof: forgeProof(key, 'GET', url),
      }))
    },
  }),
  forgedRequest({
    id: 'token-foreign-kid',
    sdks: without('forged'),
    title: "A token signed by the attacker's own key under its own kid",
    oat: 'OAT-019',
    method: 'issuer and claims as the service writes them',
    expected: onlyAssay(noToken, refusedWith('TOKEN_KEY_UNKNOWN')),
    forge({ token, key, url }) {
      const { header, payload } = openJws(token)
      const own = createSoftwareKey()
      return [
        {
          token: signJws({ ...header, kid: own.thumbprint }, payload, own),
          proof: forgeProof(key, 'GET', url),
        },
      ]
    },
  }),
  forgedRequest({
    id: 'token-known-kid',
    sdks: without('forged'),
    title: "A token signed by the attacker's own key under the service's kid",
    oat: 'OAT-019',
    method: "bound to the attacker's key, whose proof is sound",
    expected: onlyAssay(noToken, refusedWith('TOKEN_SIGNATURE')),
    forge({ token, url }) {
      const { header, payload } = openJws(token)
      const own = createSoftwareKey()
      return [
        {
          token: signJws(header, { ...payload, cnf: { jwk: own.publicJwk } }, own),
          proof: forgeProof(own, 'GET', url),
        },
      ]
    },
  }),
  {
    id: 'token-own-key-named',
    sdks: without('forged'),
    title: 'The header of a token says where its key is',
    oat: 'OAT-019',
    method:
      "jku, x5u, jwk and iss lead to the attacker's key, under its own kid and under the service's; through also if anyone fetches it",
    expected: onlyAssay(noToken, refusedWith('TOKEN_KEY_ID,TOKEN_KEY_UNKNOWN,TOKEN_SIGNATURE')),
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
            const outcome = allOf(await Promise.all(tries))
            return {
              attack: published.visits() > 0 ? served() : outcome,
              twin: await send(sound(loot), world),
            }
          } finally {
            published.close()
          }
        }),
    },
  },
  forgedRequest({
    id: 'token-kid-tricks',
    sdks: without('forged'),
    title: 'The kid is a path, a query, or far too long',
    oat: 'OAT-014',
    method: '../, a null device, SQL, a list, __proto__, 10 kB; also none at all',
    expected: onlyAssay(noToken, refusedWith('REQUEST_FIELDS_TOO_LARGE,TOKEN_KEY_ID,TOKEN_KEY_UNKNOWN')),
    forge({ token, key, url }) {
      const { header, payload } = openJws(token)
      const own = createSoftwareKey()
      const kids = [
        '../../dev/null',
        "' or '1'='1",
        ['a'],
        '__proto__',
        'k'.repeat(10_000),
        undefined,
        null,
        0,
      ]
      return kids.map((kid) => ({
        token: signJws({ ...header, kid }, payload, own),
        proof: forgeProof(key, 'GET', url),
      }))
    },
  }),
  forgedRequest({
    id: 'token-type-confused',
    sdks: without('forged'),
    title: 'Another kind of JWT in place of the token',
    oat: 'OAT-019',
    method: 'a proof, an access token by its type, one without type, one with a critical extension',
    expected: onlyAssay(noToken, refusedWith('TOKEN_CRITICAL,TOKEN_KIND,TOKEN_TYPE')),
    forge({ token, key, url }) {
      const { header, payload } = openJws(token)
      const own = createSoftwareKey()
      const proof = () => forgeProof(key, 'GET', url)
      return [
        { token: proof(), proof: proof() },
        { token: signJws({ ...header, typ: 'at+jwt' }, payload, own), proof: proof() },
        { token: signJws({ ...header, typ: undefined }, payload, own), proof: proof() },
        { token: signJws({ ...header, crit: ['b64'], b64: false }, payload, own), proof: proof() },
      ]
    },
  }),
  forgedRequest({
    id: 'token-respelled',
    sdks: without('forged'),
    title: 'A genuine token in another spelling, past a deny list or a cache',
    oat: 'OAT-006',
    method:
      'padding, characters behind the signature, the ordinary base64 alphabet, a DER signature, four parts',
    expected: onlyAssay(noToken, refusedWith('TOKEN_MALFORMED,TOKEN_SIGNATURE')),
    forge({ token, key, url }) {
      const [header, payload, signature] = openJws(token).parts
      const spelled = [
        `${token}=`,
        `${token}A`,
        `${token}.x`,
        `${header}=.${payload}.${signature}`,
        `${header}.${payload}.${asDer(signature)}`,
        `${header}.${payload}.${signature.slice(0, -1)}`,
        `"${token}"`,
      ]
      return spelled.map((text) => ({ token: text, proof: forgeProof(key, 'GET', url) }))
    },
  }),
  forgedRequest({
    id: 'token-json-tricks',
    sdks: without('forged'),
    title: 'A token is ambiguous: two parsers would read its JSON differently',
    oat: 'OAT-014',
    method: 'alg and aud twice, half a character, depth; under a signature of the right length',
    expected: onlyAssay(noToken, refusedWith('TOKEN_MALFORMED')),
    forge({ token, url }) {
      const { parts } = openJws(token)
      const text = (part: string) => Buffer.from(part, 'base64url').toString()
      const header = text(parts[0])
      const payload = text(parts[1])
      const forged = [
        [header.replace('{', '{"alg":"none",'), payload],
        [header, payload.replace('{', '{"aud":"https://a.example",')],
        [header, payload.replace('"jti":"', '"jti":"\\ud800')],
        [header, payload.replace('{', `{"x":${'['.repeat(200)}${']'.repeat(200)},`)],
      ] as const
      return forged.map(([head, body]) => ({
        token: `${encodePart(head)}.${encodePart(body)}.${parts[2]}`,
        proof: forgeProof(createSoftwareKey(), 'GET', url),
      }))
    },
  }),
]

/** The service's public keys in every form in which a library might hold them. */
async function spellings(service: string): Promise<(string | Buffer)[]> {
  const response = await fetch(new URL(paths.jwks, service))
  const text = await response.text()
  const { keys } = JSON.parse(text) as Jwks
  return keys.flatMap((jwk) => {
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
    return [
      text,
      JSON.stringify(jwk),
      key.export({ type: 'spki', format: 'pem' }),
      key.export({ type: 'spki', format: 'der' }),
      Buffer.from(jwk.x, 'base64url'),
    ]
  })
}

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

/** An ECDSA signature of 64 bytes as DER, which other libraries write. */
function asDer(signature: string): string {
  const bytes = Buffer.from(signature, 'base64url')
  const integer = (part: Buffer) => {
    const body = (part[0] as number) > 127 ? Buffer.concat([Buffer.alloc(1), part]) : part
    return Buffer.concat([Buffer.of(2, body.length), body])
  }
  const both = Buffer.concat([integer(bytes.subarray(0, 32)), integer(bytes.subarray(32))])
  return Buffer.concat([Buffer.of(0x30, both.length), both]).toString('base64url')
}
