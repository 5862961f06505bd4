import { decodeBase64url, paths, type AttestationRequest } from '@assay/protocol'
import { signAttestation } from '@assay/testkit'
import { without } from '../attack/sdks.ts'
import type { Attack } from '../attack/attack.ts'
import type { Outcome } from '../world/outcome.ts'
import { noService, onlyAssay, refusedWith } from '../attack/expected.ts'
import { challengeBodies } from '../kinds/challenge-body.ts'
import { attestTampered, withClientData, type Tamper } from '../kinds/tampered-answer.ts'
import { allOf, everyOf, refused, served } from '../world/outcome.ts'
import { shop, type World } from '../world/world.ts'

const changes: readonly ((text: string) => string | Buffer)[] = [
  (text) => text.replace('{', '{"build":"successor",'),
  (text) => text.replace(/\}$/, ',"\\u0062uild":"successor"}'),
  (text) => text.replace('"sdk":"', '"sdk":"\\udc00'),
  (text) => text.replace('"probes":{', `"probes":{"a":${'{"a":'.repeat(50)}1${'}'.repeat(50)},`),
  (text) => text.replace('{', '{"__proto__":{},'),
  (text) => text.replace('"v":1', '"v":1e400'),
  (text) => Buffer.from(text.replace('"sdk":"', '"sdk":"\xff'), 'latin1'),
]

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The answer, with its client data padded by white space to a length whose base64url leaves bits unused. */
const withUnusedBits: Tamper = (answer, key) => {
  const text = Buffer.from(decodeBase64url(answer.client_data) ?? []).toString()
  const spaces = (4 - (Buffer.byteLength(text) % 3)) % 3
  return signAttestation(Buffer.from(text + ' '.repeat(spaces)), key, answer.evidence)
}

const spellings: readonly ((answer: AttestationRequest) => AttestationRequest)[] = [
  (answer) => ({ ...answer, client_data: withSpareBits(answer.client_data) }),
  (answer) => ({ ...answer, client_data: `${answer.client_data}==` }),
  (answer) => ({ ...answer, client_data: `${answer.client_data}\n` }),
  (answer) => ({ ...answer, signature: withSpareBits(answer.signature) }),
]

/** JSON, base64url and media types that two readers would read differently. */
export const encodings: readonly Attack[] = [
  {
    id: 'client-data-json',
    sdks: without('script'),
    title: 'Client data is ambiguous: two parsers would read it differently',
    oat: 'OAT-014',
    method:
      'duplicate members, half a character, depth, __proto__, 1e400, invalid UTF-8; each validly signed',
    expected: onlyAssay(noService, refusedWith('client_data_malformed')),
    run: {
      assay: async (world) => {
        const tries = changes.map((change) => attestTampered(world, withText(change)))
        return {
          attack: allOf(await Promise.all(tries)),
          twin: await attestTampered(
            world,
            withClientData(() => ({})),
          ),
        }
      },
    },
  },
  {
    id: 'client-data-respelled',
    sdks: without('script'),
    title: 'The same answer in another spelling of base64url',
    oat: 'OAT-006',
    method:
      'unused bits set, padding, white space: what is signed is the same, what is compared as text is not',
    expected: onlyAssay(
      noService,
      refusedWith('client_data_malformed,client_data_signature_invalid,request_invalid'),
    ),
    run: {
      assay: async (world) => {
        const tries = spellings.map((spell) =>
          attestTampered(world, (answer, key) => spell(withUnusedBits(answer, key) as AttestationRequest)),
        )
        return { attack: allOf(await Promise.all(tries)), twin: await attestTampered(world, withUnusedBits) }
      },
    },
  },
  challengeBodies({
    id: 'json-duplicate-members',
    sdks: without('script'),
    title: 'JSON repeats a member',
    oat: 'OAT-014',
    method:
      'the app twice, in either order and once escaped: a proxy and the service might believe different ones',
    expected: onlyAssay(noService, refusedWith('json_duplicate_member')),
    bodies: (genuine) => [
      { body: genuine.replace('{', '{"app":"com.example.other",') },
      { body: genuine.replace(/\}$/, ',"app":"com.example.other"}') },
      { body: genuine.replace('{', '{"\\u0061pp":"com.example.other",') },
    ],
  }),
  challengeBodies({
    id: 'json-lone-surrogates',
    sdks: without('script'),
    title: 'JSON has half a character',
    oat: 'OAT-014',
    method: 'lone surrogates in a value and in a name: what is hashed and what is stored might differ',
    expected: onlyAssay(noService, refusedWith('json_invalid')),
    bodies: (genuine) => [
      { body: genuine.replace('"sdk":"', '"sdk":"\\ud800') },
      { body: genuine.replace('{', '{"\\udfff":1,') },
    ],
  }),
  challengeBodies({
    id: 'json-other-encodings',
    sdks: without('script'),
    title: 'JSON in another encoding, or two documents in one',
    oat: 'OAT-014',
    method:
      'UTF-16, a byte-order mark, invalid and overlong UTF-8, comments, a second document behind the first',
    expected: onlyAssay(noService, refusedWith('json_invalid')),
    bodies: (genuine) => [
      { body: Buffer.from(genuine, 'utf16le') },
      { body: `\ufeff${genuine}` },
      { body: Buffer.from(genuine.replace('"sdk":"', '"sdk":"\xff'), 'latin1') },
      { body: Buffer.from(genuine.replace('"app"', '"\xc1\xa1pp"'), 'latin1') },
      { body: `/* */${genuine}` },
      { body: genuine + genuine },
    ],
  }),
  challengeBodies({
    id: 'json-prototype',
    sdks: without('script'),
    title: 'JSON targets the prototype, or adds members',
    oat: 'OAT-014',
    method: '__proto__, constructor, and members that a careless service might take over (tier, platform)',
    expected: onlyAssay(noService, refusedWith('json_invalid,request_invalid')),
    bodies: (genuine) =>
      [
        '"__proto__":{"tier":"affirming"}',
        '"constructor":{"prototype":{}}',
        '"tier":"affirming"',
        '"platform":"web"',
      ].map((member) => ({ body: genuine.replace('{', `{${member},`) })),
  }),
  challengeBodies({
    id: 'json-too-deep',
    sdks: without('script'),
    title: 'JSON nested until a parser gives up',
    oat: 'OAT-015',
    method: '3,000 arrays and as many objects, within the size that is allowed',
    expected: onlyAssay(noService, refusedWith('json_too_deep')),
    bodies: (genuine) => [
      { body: genuine.replace('{', `{"x":${'['.repeat(3000)}${']'.repeat(3000)},`) },
      { body: genuine.replace('{', `{"x":${'{"a":'.repeat(1000)}1${'}'.repeat(1000)},`) },
    ],
  }),
  challengeBodies({
    id: 'bodies-oversized',
    sdks: without('script'),
    title: 'Bodies are larger than any valid one',
    oat: 'OAT-015',
    method: 'white space, a long name, many audiences; 9 kB to 1 MB',
    expected: onlyAssay(noService, refusedWith('body_too_large')),
    bodies: (genuine) => [
      { body: genuine + ' '.repeat(9_000) },
      { body: genuine.replace('"sdk":"', `"sdk":"${'s'.repeat(1_000_000)}`) },
      { body: genuine.replace('"audiences":[', `"audiences":[${'"https://a.example",'.repeat(1_000)}`) },
    ],
  }),
  challengeBodies({
    id: 'media-type-simple',
    sdks: without('script'),
    title: "A web page has its visitors' browsers ask for challenges",
    oat: 'OAT-015',
    method: 'JSON under the media types that browsers send across origins without asking first',
    expected: onlyAssay(noService, refusedWith('media_type_unsupported')),
    bodies: (genuine) =>
      ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'].map((type) => ({
        body: genuine,
        headers: { 'content-type': type, origin: 'https://evil.example' },
      })),
  }),
  {
    id: 'page-of-foreign-origin',
    sdks: without('script'),
    title: "A foreign web page has its visitors' browsers speak to the service",
    oat: 'OAT-015',
    method: 'preflight requests of origins that are not registered, and of ones that only look like it; null',
    expected: onlyAssay(noService, refusedWith('NO_CORS')),
    run: {
      assay: async (world) => {
        const foreign = [
          'https://evil.example',
          `${shop.origin}.evil.example`,
          shop.origin.replace('https:', 'http:'),
          `${shop.origin}:8443`,
          'null',
        ]
        const both = [paths.challenges, paths.attestations]
        const tries = foreign.flatMap((origin) => both.map((path) => preflight(world, path, origin)))
        const twins = both.map((path) => preflight(world, path, shop.origin))
        return { attack: allOf(await Promise.all(tries)), twin: everyOf(await Promise.all(twins)) }
      },
    },
  },
]

/** Client data whose text is changed, signed as it then stands. */
function withText(change: (text: string) => string | Buffer): Tamper {
  return (answer, key) => {
    const bytes = decodeBase64url(answer.client_data)
    const text = Buffer.from(bytes ?? []).toString()
    const changed = change(text)
    if (changed === text) throw new Error('nothing was changed')
    return signAttestation(Buffer.from(changed as string), key)
  }
}

/** The same bytes in other characters: one of the unused bits of the last one is set. */
function withSpareBits(text: string): string {
  const last = alphabet.indexOf(text.at(-1) as string)
  return text.slice(0, -1) + (alphabet[last | 1] as string)
}

/** Whether a browser would let a page of `origin` call the service. */
async function preflight({ service }: World, path: string, origin: string): Promise<Outcome> {
  const response = await fetch(new URL(path, service), {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  })
  const allowed = response.headers.get('access-control-allow-origin')
  await response.arrayBuffer()
  return allowed === origin || allowed === '*' ? served(response.status) : refused(response.status, 'NO_CORS')
}
