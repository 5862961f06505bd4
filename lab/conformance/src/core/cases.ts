import { audience, createWorld, now, path, sha256, type World } from './foreign-world.ts'
import type { CoreCase, CoreRequest } from './core-case.ts'

type Headers = CoreRequest['headers']
type Rules = Partial<CoreCase['guard']>

/** Genuine and hostile requests, made with jose, and the result that every runtime must give. */
export async function makeCases(): Promise<CoreCase[]> {
  const world = await createWorld()
  const make = casesOf(world)
  return [
    ...(await served(world, make)),
    ...(await refusedTokens(world, make)),
    ...(await refusedProofs(world, make)),
  ]
}

type Make = ReturnType<typeof casesOf>

function casesOf(world: World) {
  const request = (headers: Headers, more: Partial<CoreRequest> = {}): CoreRequest => ({
    method: 'POST',
    url: `${audience}${path}?page=2`,
    as: 'record',
    headers,
    ...more,
  })
  return {
    request,
    /** One case of one request, or of several. */
    one(
      name: string,
      expect: string | string[],
      requests: CoreRequest | CoreRequest[],
      rules: Rules = {},
    ): CoreCase {
      return {
        name,
        guard: { jwks: world.jwks, ...rules },
        requests: [requests].flat(),
        expect: [expect].flat(),
      }
    },
  }
}

const attested = (token: string, proof: string, ...more: Headers): Headers => [
  ['OAuth-Client-Attestation', token],
  ['DPoP', proof],
  ...more,
]

async function served({ token, proof, pop, keys }: World, { one, request }: Make): Promise<CoreCase[]> {
  const access = 'user-token-1'
  const ath = sha256(access)
  const client = 'https://client.example/metadata.json'
  const again = attested(await token(), await proof())
  const several = await token()
  return [
    one('a token and a proof', 'ok', request(attested(await token(), await proof()))),
    one(
      'the same in a Request of the runtime',
      'ok',
      request(attested(await token(), await proof()), { as: 'Request' }),
    ),
    one('a token by Ed25519', 'ok', request(attested(await token({}, {}, keys.ed25519), await proof()))),
    one(
      'media types in full and in capitals',
      'ok',
      request(
        attested(
          await token({}, { typ: 'application/OAuth-Client-Attestation+JWT' }),
          await proof({}, { typ: 'application/dpop+jwt' }),
        ),
      ),
    ),
    one(
      'times with a fraction',
      'ok',
      request(attested(await token({ iat: now - 5.25, exp: now + 60.5 }), await proof({ iat: now - 0.75 }))),
    ),
    one('a client whose id is a URL', 'ok', request(attested(await token({ sub: client }), await proof())), {
      apps: [client],
    }),
    one(
      'an access token that the proof covers',
      'ok',
      request(attested(await token(), await proof({ ath }), ['Authorization', `DPoP ${access}`])),
    ),
    one(
      'the PoP JWT of the draft',
      'ok',
      request([
        ['OAuth-Client-Attestation', await token()],
        ['OAuth-Client-Attestation-PoP', await pop()],
      ]),
      { proofs: ['attestation_pop_jwt'] },
    ),
    one('a bearer token', 'ok', request([['OAuth-Client-Attestation', await token({ mode: 'bearer' })]]), {
      mode: 'bearer',
    }),
    one(
      'an API behind a proxy',
      'ok',
      request(attested(await token(), await proof({ htu: `https://shop.example/api${path}` })), {
        url: path,
      }),
      { publicBaseUrl: 'https://shop.example/api' },
    ),
    one(
      'a URL in another spelling of the same',
      'ok',
      request(attested(await token(), await proof({ htu: 'HTTPS://API.example.com:443/v1/%6Frders#x' }))),
    ),
    one(
      'one token with many proofs',
      ['ok', 'ok', 'ok'],
      [
        request(attested(several, await proof())),
        request(attested(several, await proof({ htm: 'GET' })), { method: 'GET' }),
        request(attested(several, await proof())),
      ],
    ),
    one('a proof that comes again', ['ok', 'PROOF_REPLAYED'], [request(again), request(again)]),
  ]
}

async function refusedTokens(world: World, { one, request }: Make): Promise<CoreCase[]> {
  const { token, proof, keys, installation, claims } = world
  const offCurve = { ...installation.publicJwk, y: installation.publicJwk.x }
  const [header, payload, signature] = (await token()).split('.') as [string, string, string]
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const none = encode({ typ: 'oauth-client-attestation+jwt', alg: 'none', kid: 'es256' })
  const other = encode({ ...claims(), ear_status: 'affirming', sub: 'com.example.other' })
  const bad: [string, string, string][] = [
    ['a token by a stranger', 'TOKEN_SIGNATURE', await token({}, {}, keys.stranger)],
    ['claims that were changed', 'TOKEN_SIGNATURE', [header, other, signature].join('.')],
    ['no algorithm', 'TOKEN_ALGORITHM', [none, payload, signature].join('.')],
    ['a kid that nobody publishes', 'TOKEN_KEY_UNKNOWN', await token({}, { kid: 'made-up' })],
    ["the other key's kid", 'TOKEN_ALGORITHM', await token({}, { kid: 'ed25519' })],
    ['a token of another type', 'TOKEN_TYPE', await token({}, { typ: 'at+jwt' })],
    ['a token for two APIs', 'TOKEN_AUDIENCE', await token({ aud: [audience, 'https://other.example'] })],
    ['a token of another issuer', 'TOKEN_ISSUER', await token({ iss: 'https://other.example' })],
    ['a token that has expired', 'TOKEN_EXPIRED', await token({ iat: now - 300, exp: now - 11 })],
    ['a token from the future', 'TOKEN_NOT_YET_VALID', await token({ iat: now + 60 })],
    ['a token of another app', 'APP_NOT_ADMITTED', await token({ sub: 'com.example.other' })],
    ['a tier that is not accepted', 'TIER_NOT_ADMITTED', await token({ ear_status: 'contraindicated' })],
    ['a key off its curve', 'TOKEN_CONFIRMATION_KEY', await token({ cnf: { jwk: offCurve } })],
    [
      'a private key',
      'TOKEN_CONFIRMATION_KEY',
      await token({ cnf: { jwk: { ...installation.publicJwk, d: installation.publicJwk.x } } }),
    ],
    ['a signature cut short', 'TOKEN_SIGNATURE', [header, payload, signature.slice(0, 60)].join('.')],
    ['padded base64', 'TOKEN_MALFORMED', [`${header}=`, payload, signature].join('.')],
  ]
  const cases = []
  for (const [name, code, text] of bad) cases.push(one(name, code, request(attested(text, await proof()))))
  return [...cases, one('no token', 'TOKEN_MISSING', request([['DPoP', await proof()]]))]
}

async function refusedProofs(world: World, { one, request }: Make): Promise<CoreCase[]> {
  const { token, proof, installation, keys } = world
  const offCurve = { ...installation.publicJwk, y: installation.publicJwk.x }
  const bad: [string, string, string][] = [
    ['a proof by a stranger', 'PROOF_KEY_MISMATCH', await proof({}, {}, keys.stranger)],
    [
      "a stranger's proof under the token's key",
      'PROOF_SIGNATURE',
      await proof({}, { jwk: installation.publicJwk }, keys.stranger),
    ],
    ['a proof that names a key off its curve', 'PROOF_KEY_MISMATCH', await proof({}, { jwk: offCurve })],
    ['a proof of another type', 'PROOF_TYPE', await proof({}, { typ: 'jwt' })],
    ['a proof for another method', 'PROOF_HTM', await proof({ htm: 'GET' })],
    ['a proof for another path', 'PROOF_HTU', await proof({ htu: `${audience}/v1/payments` })],
    ['a proof with dot segments', 'PROOF_HTU', await proof({ htu: `${audience}/v2/..${path}` })],
    ['a proof that is too old', 'PROOF_TOO_OLD', await proof({ iat: now - 71 })],
    ['a proof from the future', 'PROOF_FROM_FUTURE', await proof({ iat: now + 11 })],
    ['a proof without an id', 'PROOF_JTI', await proof({ jti: undefined })],
  ]
  const cases = []
  for (const [name, code, text] of bad) cases.push(one(name, code, request(attested(await token(), text))))
  return [
    ...cases,
    one('a token alone', 'PROOF_MISSING', request([['OAuth-Client-Attestation', await token()]])),
    one(
      'two proofs',
      'PROOF_REPEATED',
      request(attested(await token(), await proof(), ['DPoP', await proof()])),
    ),
    one(
      'two proofs in a Request of the runtime',
      'PROOF_REPEATED',
      request(attested(await token(), await proof(), ['DPoP', await proof()]), { as: 'Request' }),
    ),
    one(
      'an access token that the proof does not cover',
      'PROOF_ATH_MISSING',
      request(attested(await token(), await proof(), ['Authorization', 'Bearer user-token-1'])),
    ),
    one('a proof without the nonce', 'NONCE_MISSING', request(attested(await token(), await proof())), {
      nonces: true,
    }),
    one(
      'a proof with a made-up nonce',
      'NONCE_INVALID',
      request(attested(await token(), await proof({ nonce: 'made-up' }))),
      { nonces: true },
    ),
  ]
}
