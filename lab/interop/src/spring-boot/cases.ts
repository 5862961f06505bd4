import { headerNames } from '@assay/protocol'
import { createSoftwareKey, signJws } from '@assay/testkit'
import type { CaseResult } from '../subject/subject.ts'
import type { Caller } from './ask.ts'
import { differing, faultOf, type Outcome } from './deviations.ts'
import type { Issuer } from './issuer.ts'
import type { SpringBoot } from './project.ts'

/** What the cases are about. */
export interface Tried {
  readonly line: SpringBoot['line']
  readonly issuer: Issuer
  readonly caller: Caller
}

/** One request, and what the guard decides. */
interface Case {
  readonly name: string
  readonly expect: Outcome
  readonly fields: Record<string, string | string[]>
  readonly target?: string
  readonly method?: string
}

const now = () => Math.floor(Date.now() / 1000)
const many = 1_500
/** Requests at once: a machine that has other work sends so many in time. */
const together = 10
/** Seconds within which they must be sent: after 60 a proof is refused for its age, whatever is remembered. */
const inTime = 50

const dpop = (token: string, proof: string) => ({ Authorization: `DPoP ${token}`, [headerNames.dpop]: proof })
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

/** Tokens that no API may take, of either mode. */
function wrongTokens({ token, attestation }: Issuer): [name: string, token: string][] {
  return [
    ['another audience', token({ aud: 'https://other.example.com' })],
    [
      'several audiences, this one not among them',
      token({ aud: ['https://a.example', 'https://b.example'] }),
    ],
    ['another issuer under the same key', token({ iss: 'https://other.example.com' })],
    ['another app', token({ client_id: 'com.example.other' })],
    ['a token that has expired', token({ iat: now() - 420, exp: now() - 120 })],
    ['a token by a key that nobody publishes', token({}, {}, createSoftwareKey())],
    ['a token without signature', unsigned(token())],
    ['an attestation token in the place of an access token', attestation()],
    ['a token of another type', token({}, { typ: 'JWT' })],
  ]
}

function unsigned(token: string): string {
  const header = Buffer.from(JSON.stringify({ typ: 'at+jwt', alg: 'none' })).toString('base64url')
  return `${header}.${token.split('.')[1]}.`
}

function boundCases(issuer: Issuer): Case[] {
  const { token, proof, phone } = issuer
  const sound = token()
  const stranger = createSoftwareKey()
  const refused = (name: string, fields: Case['fields'], more: Partial<Case> = {}): Case => ({
    name,
    expect: 'refused',
    fields,
    ...more,
  })
  const withProof = (claims: object) => dpop(sound, proof(sound, claims))
  const twice = withProof({})
  const late = token({ iat: now() - 330, exp: now() - 30 })
  return [
    { name: 'a token and a proof', expect: 'accepted', fields: twice },
    refused('the same once more', twice),
    {
      name: 'a query, which no proof covers',
      expect: 'accepted',
      fields: withProof({}),
      target: '/orders?page=2',
    },
    refused('no token', {}),
    ...wrongTokens(issuer).map(([name, wrong]) => refused(name, dpop(wrong, proof(wrong)))),
    refused(differing.expired, dpop(late, proof(late))),
    refused('no proof', { Authorization: `DPoP ${sound}` }),
    refused('two proofs', {
      Authorization: `DPoP ${sound}`,
      [headerNames.dpop]: [proof(sound), proof(sound)],
    }),
    refused('a proof by another key', dpop(sound, proof(sound, {}, stranger))),
    refused('a proof that another key signed', dpop(sound, misSigned(proof(sound), stranger))),
    refused('a proof for another method', withProof({ htm: 'POST' })),
    refused('a proof for another path', withProof({ htu: 'http://127.0.0.1:1/other' })),
    refused('a proof for another host', withProof({ htu: 'https://other.example.com/orders' })),
    refused('a proof without ath', withProof({ ath: undefined })),
    refused('a proof for another token', withProof({ ath: 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo' })),
    refused('a proof of two minutes ago', withProof({ iat: now() - 120 })),
    refused('a proof of a time to come', withProof({ iat: now() + 120 })),
    refused('a token without key', dpop(token({ cnf: undefined }), proof(sound))),
    refused('a bound token as Bearer', bearer(sound)),
    refused('an access token in the field of the other kind', {
      [headerNames.attestation]: sound,
      [headerNames.dpop]: proof(sound),
    }),
    refused(
      'a token in the query',
      {},
      { target: `/orders?access_token=${token({ cnf: { jkt: phone.thumbprint } })}` },
    ),
  ]
}

function bearerCases(issuer: Issuer): Case[] {
  const unbound = (claims: object = {}) => issuer.token({ cnf: undefined, ...claims })
  const late = unbound({ iat: now() - 330, exp: now() - 30 })
  return [
    { name: 'a token', expect: 'accepted', fields: bearer(unbound()) },
    { name: 'no token', expect: 'refused', fields: {} },
    ...wrongTokens({
      ...issuer,
      token: (claims = {}, ...more) => issuer.token({ cnf: undefined, ...claims }, ...more),
    }).map(([name, wrong]): Case => ({ name, expect: 'refused', fields: bearer(wrong) })),
    { name: differing.expired, expect: 'refused', fields: bearer(late) },
    { name: 'a bound token as Bearer', expect: 'refused', fields: bearer(issuer.token()) },
    {
      name: 'a token in the query',
      expect: 'refused',
      fields: {},
      target: `/orders?access_token=${unbound()}`,
    },
  ]
}

function misSigned(proof: string, key: ReturnType<typeof createSoftwareKey>): string {
  const [header = '', payload = ''] = proof.split('.')
  const open = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object
  return signJws(open(header), open(payload), key)
}

/** Requests one by one at an API of this mode. */
export async function runCases(tried: Tried, mode: 'bound' | 'bearer'): Promise<CaseResult[]> {
  const cases = mode === 'bound' ? boundCases(tried.issuer) : bearerCases(tried.issuer)
  const results: CaseResult[] = []
  for (const { name, expect, fields, target, method } of cases) {
    const options = {
      ...(target === undefined ? {} : { target }),
      ...(method === undefined ? {} : { method }),
    }
    results.push(judged(tried, name, expect, await tried.caller.ask(fields, options)))
  }
  return [...results, ...(await runLater(tried, mode))]
}

/** What changes at the issuer after a token was issued. */
async function runLater(tried: Tried, mode: 'bound' | 'bearer'): Promise<CaseResult[]> {
  const { issuer, caller } = tried
  const fieldsOf = (token: string) => (mode === 'bound' ? dpop(token, issuer.proof(token)) : bearer(token))
  const newToken = () => issuer.token(mode === 'bound' ? {} : { cnf: undefined })
  const before = newToken()
  issuer.rotate()
  const results = [
    judged(tried, 'a token of the key before a rotation', 'accepted', await caller.ask(fieldsOf(before))),
    judged(tried, 'a token of the key after a rotation', 'accepted', await caller.ask(fieldsOf(newToken()))),
  ]
  const held = newToken()
  issuer.ban()
  results.push(judged(tried, differing.banned, 'refused', await caller.ask(fieldsOf(held))))
  return results
}

/** The same proof at another node, and again after 1,500 others. */
export async function runReplays(tried: Tried, otherNode: string): Promise<CaseResult[]> {
  const { issuer, caller } = tried
  const token = issuer.token()
  const next = () => dpop(token, issuer.proof(token))
  const shared = next()
  await caller.ask(shared)
  const elsewhere = await caller.ask(shared, { at: otherNode })
  const first = next()
  const begun = performance.now()
  let last = await caller.ask(first)
  let count = 1
  for (; count < many && last.status === 200; count += together) {
    const answers = await Promise.all(Array.from({ length: together }, () => caller.ask(next())))
    last = answers.find(({ status }) => status !== 200) ?? last
  }
  const again = await caller.ask(first)
  const seconds = (performance.now() - begun) / 1_000
  return [
    judged(tried, differing.twoNodes, 'refused', elsewhere),
    judged(tried, differing.many, 'accepted', last, count),
    seconds < inTime
      ? judged(tried, differing.firstAgain, 'refused', again)
      : { name: differing.firstAgain, fault: `the machine took ${Math.round(seconds)} s: its age decided` },
  ]
}

function judged(
  { line }: Tried,
  name: string,
  expect: Outcome,
  { status, why }: { status: number; why: string },
  count?: number,
): CaseResult {
  const said = `${status} ${why}${count === undefined ? '' : ` at request ${count}`}`
  // Anything but these two is no decision.
  if (status !== 200 && status !== 401) return { name, fault: said }
  const outcome: Outcome = status === 200 ? 'accepted' : 'refused'
  return { name, fault: faultOf(line, { name, expect, outcome, seen: said }) }
}
