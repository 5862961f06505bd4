import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Decision, Guard, GuardCrypto, VerificationKey } from '@assay/guard'
import { guardRefusalCodes } from '@assay/guard/codes'
import { createNodeCrypto } from '@assay/guard/node'
import { refuse } from '../../src/guard/decision.ts'
import {
  app,
  audience,
  encode,
  installation,
  issuer,
  issuerKey,
  mintProof,
  mintToken,
  newGuard,
  newRequest,
  now,
  proofHeader,
  proofClaims,
  publicJwkOf,
  sha256,
  signBytes,
  signJws,
  tokenClaims,
  tokenHeader,
  type Json,
  type RequestParts,
} from '../minting.ts'

/**
 * Mutants of valid tokens and proofs: never served unless they still mean the same, refused with a code, in bounded
 * work, and with an answer that holds nothing of what was sent.
 */

const access = 'user-token-1'
const ath = sha256(access)
const work = { verifications: 0, imports: 0 }
let guard: Guard

function counting(crypto: GuardCrypto): GuardCrypto {
  const counted = (key: VerificationKey): VerificationKey => ({
    verify: (input, signature) => (work.verifications++, key.verify(input, signature)),
  })
  return {
    ...crypto,
    async importKey(jwk) {
      work.imports++
      const key = await crypto.importKey(jwk)
      return key && counted(key)
    },
  }
}

beforeEach(() => {
  guard = newGuard({ crypto: counting(createNodeCrypto()) })
})

/** All that callers can be told. What a decision says outward must be one of these, character for character. */
const outward = new Set(
  guardRefusalCodes.flatMap((code) => {
    const { status, headers, body } = refuse(code, {
      kind: 'attestation',
      mode: 'bound',
      method: 'dpop_combined',
      attested: null,
    })
    return JSON.stringify([status, headers, body])
  }),
)

async function decide(parts: RequestParts): Promise<Decision> {
  work.verifications = 0
  work.imports = 0
  const decision = await guard.verify(newRequest({ authorization: `DPoP ${access}`, ...parts }))
  expect(work.verifications).toBeLessThanOrEqual(2)
  expect(work.imports).toBeLessThanOrEqual(3)
  if (!decision.ok) {
    expect(decision.kind).toBe('refused')
    expect(outward).toContain(JSON.stringify([decision.status, decision.headers, decision.body]))
  }
  return decision
}

const goodProof = (claims: Json = {}) => mintProof({ claims: { ath, ...claims } })

/** One change somewhere in a text: another character, one more, one fewer, a piece twice, two pieces swapped. */
const edit = fc.record({
  kind: fc.constantFrom('replace', 'insert', 'remove', 'repeat', 'truncate', 'case'),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  character: fc.constantFrom(...'ABQgwxyz019-_.=+/ ,"{}\\\u0000é'),
  length: fc.integer({ min: 1, max: 40 }),
})

function apply(
  text: string,
  { kind, at, character, length }: typeof edit extends fc.Arbitrary<infer T> ? T : never,
): string {
  const i = Math.floor(at * text.length)
  switch (kind) {
    case 'replace':
      return text.slice(0, i) + character + text.slice(i + 1)
    case 'insert':
      return text.slice(0, i) + character + text.slice(i)
    case 'remove':
      return text.slice(0, i) + text.slice(i + 1)
    case 'repeat':
      return text.slice(0, i) + text.slice(i, i + length) + text.slice(i)
    case 'truncate':
      return text.slice(0, i)
    case 'case':
      return text.slice(0, i) + swapCase(text.charAt(i)) + text.slice(i + 1)
    default:
      return text
  }
}

const swapCase = (character: string) =>
  character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase()

describe('characters', () => {
  test('a token with any character changed is refused', async () => {
    await fc.assert(
      fc.asyncProperty(edit, async (change) => {
        const token = mintToken()
        const mutant = apply(token, change)
        expect((await decide({ token: mutant, proof: goodProof() })).ok).toBe(mutant === token)
      }),
    )
  })

  test('a proof with any character changed is refused', async () => {
    await fc.assert(
      fc.asyncProperty(edit, async (change) => {
        const proof = goodProof()
        const mutant = apply(proof, change)
        expect((await decide({ proof: mutant })).ok).toBe(mutant === proof)
      }),
    )
  })

  test('any other text in the place of token, proof or Authorization is refused', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 })
    await fc.assert(
      fc.asyncProperty(text, async (junk) => {
        expect((await decide({ token: junk, proof: goodProof() })).ok).toBe(false)
        expect((await decide({ proof: junk })).ok).toBe(false)
        expect((await decide({ authorization: junk, proof: goodProof() })).ok).toBe(false)
      }),
    )
  })
})

/** Any JSON value, with the traps of JSON and JavaScript more often than chance would have them. */
const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    true,
    '',
    0,
    -1,
    now,
    now + 0.5,
    2 ** 53,
    [],
    {},
    [now],
    { jwk: {} },
    'none',
    '__proto__',
  ),
  fc.constantFrom(app, issuer, audience, 'bound', 'warning', [audience], `${audience}/v1/orders`, ath),
  fc.jsonValue({ maxDepth: 2 }),
)

interface Change {
  name: string
  value: unknown
  remove: boolean
}

const changeOf = (names: readonly string[]): fc.Arbitrary<Change> =>
  fc.record({ name: fc.constantFrom(...names, 'extra', 'toString'), value: anyValue, remove: fc.boolean() })

/** As an installation or even the issuer would write it: the signature is good, the content is not. */
function changed(claims: Json, { name, value, remove }: Change): Json {
  const { [name]: _old, ...rest } = claims
  return remove ? rest : { ...rest, [name]: value }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
const within = (value: unknown, least: number, most: number) =>
  typeof value === 'number' && value >= least && value <= most
const printable = (value: unknown, least: number) =>
  typeof value === 'string' && new RegExp(`^[!-~]{${least},128}$`).test(value)

/** The rules once more, in another form: what a token of this issuer may say and still be good here and now. */
function isGoodTokenClaim(name: string, value: unknown): boolean {
  switch (name) {
    case 'iss':
      return value === issuer
    case 'aud':
      return value === audience
    case 'sub':
      return value === app
    case 'iat':
      return within(value, now + 295 - 900, now + 10)
    case 'exp':
      return value !== now - 5 && within(value, now - 5, now - 5 + 900)
    case 'jti':
    case 'installation':
      return printable(value, 1)
    case 'build':
      return typeof value === 'string' && /^[a-z0-9][a-z0-9._+-]{0,127}$/i.test(value)
    case 'platform':
      return value === 'android' || value === 'ios' || value === 'web' || value === 'node'
    case 'ear_status':
      return value === 'warning' || value === 'affirming'
    case 'holder_key':
      return value === 'software' || value === 'vouched' || value === 'hardware'
    case 'mode':
      return value === 'bound'
    case 'cnf':
      return same(value, tokenClaims['cnf'])
    default:
      return true
  }
}

/** Strict JSON refuses a member of this name wherever it stands. Inside text the quotes would be escaped. */
const namesPrototype = (value: unknown) => (JSON.stringify(value) ?? '').includes('"__proto__":')

function isGoodProofClaim(name: string, value: unknown): boolean {
  switch (name) {
    case 'jti':
      return printable(value, 8)
    case 'htm':
      return value === 'POST'
    case 'htu':
      return value === `${audience}/v1/orders`
    case 'iat':
      return within(value, now - 70, now + 10)
    case 'ath':
      return value === ath
    case 'exp':
      return value === undefined || (within(value, now - 10, Number.MAX_SAFE_INTEGER) && value !== now - 10)
    case 'nbf':
      return value === undefined || within(value, 0, now + 10)
    default:
      return true
  }
}

describe('claims, well signed', () => {
  test('a token is served only while every claim is as it must be', async () => {
    await fc.assert(
      fc.asyncProperty(changeOf(Object.keys(tokenClaims)), async (change) => {
        const token = signJws(tokenHeader, changed(tokenClaims, change), issuerKey)
        const good = change.remove
          ? !(change.name in tokenClaims) || change.name === 'toString'
          : isGoodTokenClaim(change.name, change.value) && !namesPrototype(change.value)
        expect((await decide({ token, proof: goodProof() })).ok).toBe(good)
      }),
    )
  })

  test('a proof is served only while every claim is as it must be', async () => {
    await fc.assert(
      fc.asyncProperty(
        changeOf(['jti', 'htm', 'htu', 'iat', 'ath', 'nonce', 'aud', 'exp', 'nbf']),
        async (change) => {
          const claims = { ...proofClaims(), ath }
          const proof = signJws(proofHeader, changed(claims, change), installation)
          const good = change.remove
            ? !Object.hasOwn(claims, change.name)
            : isGoodProofClaim(change.name, change.value) && !namesPrototype(change.value)
          // A jti that fast-check has drawn before has been used before.
          const decision = await decide({ proof })
          if (good && !decision.ok) expect(decision.code).toBe('PROOF_REPLAYED')
          else expect(decision.ok).toBe(good)
        },
      ),
    )
  })

  test('members in another order, with white space or escapes, mean the same', async () => {
    const spaced = fc.record({
      order: fc.shuffledSubarray(Object.keys(tokenClaims), { minLength: Object.keys(tokenClaims).length }),
      indent: fc.nat({ max: 3 }),
      escape: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(spaced, async ({ order, indent, escape }) => {
        const claims = Object.fromEntries(order.map((name) => [name, tokenClaims[name]]))
        const text = JSON.stringify(claims, null, indent)
        const token = signJws(tokenHeader, escape ? text.replace('"sub"', '"\\u0073ub"') : text, issuerKey)
        expect((await decide({ token, proof: goodProof() })).ok).toBe(true)
      }),
    )
  })
})

describe('headers, well signed', () => {
  test('a token is served only with its type, algorithm and key id', async () => {
    await fc.assert(
      fc.asyncProperty(changeOf(['typ', 'alg', 'kid', 'crit', 'jwk', 'jku', 'x5u']), async (change) => {
        const header = changed(tokenHeader, change)
        const good =
          ['typ', 'alg', 'kid', 'crit'].every((name) => same(header[name], (tokenHeader as Json)[name])) &&
          !namesPrototype(header)
        const token = signJws(header, tokenClaims, issuerKey)
        expect((await decide({ token, proof: goodProof() })).ok).toBe(good)
      }),
    )
  })

  test("a proof is served only with its type, algorithm and the token's key", async () => {
    const jwk = publicJwkOf(installation)
    await fc.assert(
      fc.asyncProperty(
        changeOf(['typ', 'alg', 'jwk', 'crit', 'kid']),
        changeOf(['kty', 'crv', 'x', 'y', 'd', 'alg', 'kid']),
        fc.boolean(),
        async (change, keyChange, inKey) => {
          const header: Json = inKey
            ? { ...proofHeader, jwk: changed({ ...jwk }, keyChange) }
            : changed(proofHeader, change)
          const key = header['jwk'] as Json | undefined
          const good =
            header['typ'] === 'dpop+jwt' &&
            header['alg'] === 'ES256' &&
            !Object.hasOwn(header, 'crit') &&
            typeof key === 'object' &&
            key !== null &&
            (['kty', 'crv', 'x', 'y'] as const).every((name) => key[name] === jwk[name]) &&
            !Object.hasOwn(key, 'd') &&
            [undefined, 'ES256'].includes(key['alg'] as undefined) &&
            !namesPrototype(header)
          const proof = signJws(header, { ...proofClaims(), ath }, installation)
          expect((await decide({ proof })).ok).toBe(good)
        },
      ),
    )
  })

  test('a header that is nearly the accepted one is read, not remembered', async () => {
    const token = mintToken()
    expect((await decide({ token, proof: goodProof() })).ok).toBe(true)
    await fc.assert(
      fc.asyncProperty(edit, async (change) => {
        const header = JSON.stringify(proofHeader)
        const mutant = apply(header, change)
        const input = `${encode(mutant)}.${encode({ ...proofClaims(), ath })}`
        const proof = `${input}.${signBytes(input, installation).toString('base64url')}`
        const decision = await decide({ token, proof })
        if (decision.ok) expect(JSON.parse(mutant)).toMatchObject(proofHeader)
      }),
    )
  })
})

describe('shapes', () => {
  test('deep, wide and large JSON is refused or served, never a fault', async () => {
    const depth = fc.integer({ min: 1, max: 400 })
    await fc.assert(
      fc.asyncProperty(depth, fc.constantFrom('[', '{"a":'), async (levels, open) => {
        const close = open === '[' ? ']' : '}'
        const nested = open.repeat(levels) + '0' + close.repeat(levels)
        const payload = JSON.stringify({ ...proofClaims(), ath }).replace('{', `{"extra":${nested},`)
        const decision = await decide({ proof: signJws(proofHeader, payload, installation) })
        expect(decision.ok).toBe(levels < 8)
      }),
      { numRuns: 60 },
    )
  })

  test('members named twice are refused wherever they stand', async () => {
    const claims = () => ({ ...proofClaims(), ath })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('jti', 'htm', 'htu', 'iat', 'ath'),
        anyValue,
        fc.boolean(),
        async (name, value, first) => {
          const member = `${JSON.stringify(name)}:${JSON.stringify(value)}`
          const text = JSON.stringify(claims())
          const payload = first ? text.replace('{', `{${member},`) : text.replace(/}$/, `,${member}}`)
          const decision = await decide({ proof: signJws(proofHeader, payload, installation) })
          expect(decision).toMatchObject({ ok: false, code: 'PROOF_MALFORMED' })
        },
      ),
    )
  })
})
