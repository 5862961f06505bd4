import { randomBytes } from 'node:crypto'
import {
  paths,
  type ChallengeRequest,
  type ClientData,
  type EvidenceItem,
  type EvidencePurpose,
} from '@assay/protocol'
import type { Attester } from './attester.ts'
import {
  certificate,
  longExtensions,
  longName,
  longStatement,
  name,
  statement,
  type CostlyParts,
  manyExtensions,
  manyPackages,
  wideName,
} from './costly-certificates.ts'

/** One request to a public endpoint. */
export interface CostlyRequest {
  readonly path: string
  readonly body?: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

/** An input within the limits that keeps a public endpoint busy for long. */
export interface CostlyInput {
  readonly name: string
  /** Makes the requests anew each time, because challenges are used once. */
  request(): Promise<CostlyRequest>
}

/** Attesters of an app on each platform, with the evidence of a genuine phone. */
export interface Apps {
  readonly android: Attester & {
    readonly signer: string
    readonly versionCode: number
    evidence(binding: string): readonly EvidenceItem[]
  }
  readonly ios: Attester & { evidence(binding: string): readonly EvidenceItem[] }
}

const kibibyte = 1024

/** Costly inputs that were made by hand. */
export function inputsByHand({ android, ios }: Apps): CostlyInput[] {
  // A genuine root, which anybody has, above as many made-up certificates as there is room for.
  const root = (android.evidence('')[0]?.['chain'] as string[]).at(-1) as string
  const chain = (leaf: Buffer, parts: CostlyParts): EvidenceItem => {
    const above = Array.from({ length: 6 }, () => certificate(parts))
    return {
      format: 'android-key-attestation',
      chain: [...[leaf, ...above].map((each) => each.toString('base64url')), root],
    }
  }
  const leaf = (statement: Buffer, issuer?: Buffer) =>
    certificate({ extensions: [statement], ...(issuer === undefined ? {} : { issuer }) })
  const withAndroid = (name: string, item: EvidenceItem) =>
    attestation(`android: ${name}`, () => android.answer({ items: () => [item] }))
  const withApple = (name: string, object: Buffer) =>
    attestation(`apple: ${name}`, () => ios.answer({ items: () => [appleItem(object)] }))
  return [
    ...jsonBodies(),
    ...clientDataInputs(android),
    ...queries(android),
    attestation('all evidence of a sound phone', () =>
      android.answer({ items: (binding) => android.evidence(binding) }),
    ),
    attestation('all evidence of a sound iPhone', () =>
      ios.answer({ items: (binding) => ios.evidence(binding) }),
    ),
    withAndroid('too many extensions', chain(certificate({}), { extensions: manyExtensions() })),
    withAndroid('long extensions', chain(leaf(statement()), { extensions: longExtensions() })),
    withAndroid(
      'long names',
      chain(leaf(statement(), longName(4500)), { issuer: longName(4500), subject: longName(4500) }),
    ),
    withAndroid('long statement', chain(leaf(longStatement()), { issuer: longName(), subject: name('a') })),
    withAndroid('many packages', chain(leaf(manyPackages(android.app, android.signer)), {})),
    withAndroid('a token of 16 KiB', { format: 'play-integrity', token: '.'.repeat(16_384) }),
    withAndroid('a token with a long header', playItem()),
    withApple('long names', attestationObject(certificate({}), certificate({ issuer: longName() }))),
    withApple(
      'wide names',
      attestationObject(certificate({ issuer: wideName() }), certificate({ issuer: wideName() })),
    ),
    withApple('long extensions', attestationObject(...twice(certificate({ extensions: longExtensions() })))),
    withApple(
      'too many extensions',
      attestationObject(...twice(certificate({ extensions: manyExtensions() }))),
    ),
    withApple(
      'extensions of 28 KiB, twice',
      attestationObject(...twice(certificate({ extensions: manyExtensions(28_000) }))),
    ),
    withApple('a map of 64 KiB', cborMap(16_000)),
    withApple('nested arrays', Buffer.concat([Buffer.alloc(8, 0x81), cborMap(2000)])),
    withApple(
      'a string of 64 KiB',
      Buffer.concat([Buffer.of(0x7a, 0, 0, 0xff, 0xf0), Buffer.alloc(65_520, 'a')]),
    ),
  ]
}

function attestation(name: string, body: () => Promise<string>): CostlyInput {
  return { name, request: async () => ({ path: paths.attestations, body: await body() }) }
}

function jsonBodies(): CostlyInput[] {
  const escapes = (bytes: number) => `{"client_data":"${'\\u0041'.repeat(Math.floor(bytes / 6) - 10)}"}`
  const members = (bytes: number) =>
    `{${Array.from({ length: Math.floor(bytes / 12) }, (_, i) => `"${i.toString(36)}":0`).join(',')}}`
  const objects = (bytes: number) =>
    `[${Array.from({ length: Math.floor(bytes / 3) - 2 }, () => '{}').join(',')}]`
  const fewObjects = () => `[${Array.from({ length: 2047 }, () => `{"${'a'.repeat(50)}":0}`).join(',')}]`
  const wide = (bytes: number) => `{"client_data":"${'\u{1f600}'.repeat(Math.floor(bytes / 4) - 10)}"}`
  const kinds = { escapes, members, objects, fewObjects, wide }
  return Object.entries(kinds).flatMap(([name, make]) => [
    body(`JSON: ${name}, to attest`, paths.attestations, make(256 * kibibyte)),
    body(`JSON: ${name}, for a challenge`, paths.challenges, make(8 * kibibyte)),
  ])
}

function body(name: string, path: string, text: string): CostlyInput {
  return { name, request: () => Promise.resolve({ path, body: text }) }
}

function clientDataInputs(attester: Attester): CostlyInput[] {
  const tag = 'A'.repeat(11)
  const tags = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [i.toString(36), tag]))
  const measured =
    (count: number) =>
    ({ clientData }: { clientData?: ClientData } = {}) => ({
      ...clientData?.measurement,
      response: Buffer.alloc(32).toString('base64url'),
      tags: tags(count),
    })
  const changed = (name: string, clientData: (genuine: ClientData) => ClientData) =>
    attestation(`client data: ${name}`, () => attester.answer({ clientData }))
  return [
    changed('as it should be', (genuine) => genuine),
    changed('as many tags as fit', (genuine) => ({ ...genuine, measurement: measured(3000)() })),
    changed('tags of two images', (genuine) => ({
      ...genuine,
      measurement: measured(1500)(),
      text: measured(1400)(),
    })),
    changed('long probes', (genuine) => ({
      ...genuine,
      probes: Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`p${i}`, '\u0001'.repeat(120)])),
    })),
    changed('long names', (genuine) => ({
      ...genuine,
      measurement: {
        ...genuine.measurement,
        tags: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}${'é'.repeat(500)}`, tag])),
      },
    })),
    attestation('client data: 64 KiB of nothing', async () =>
      JSON.stringify({
        client_data: randomBytes(65_000).toString('base64url'),
        signature: 'A'.repeat(86),
        evidence: [],
      }),
    ),
  ]
}

/** What a challenge may be asked for: a new purpose does not compile until it is measured. */
export const purposes: { readonly [Purpose in EvidencePurpose]: Purpose } = {
  enrolment: 'enrolment',
  refresh: 'refresh',
}

function queries({ app, build, audience }: Attester): CostlyInput[] {
  const asked = { app, build, sdk: 'assay-node/0.1.0', key: 'A'.repeat(43), audiences: [audience] }
  const audiences = Array.from({ length: 8 }, (_, i) => `${audience}/${'a'.repeat(200)}${i}`)
  const ask = (more: Partial<ChallengeRequest>) =>
    JSON.stringify({ ...asked, ...more } satisfies ChallengeRequest)
  return [
    ...Object.values(purposes).map((purpose) =>
      body(`challenge: ${purpose}`, paths.challenges, ask({ purpose })),
    ),
    body('challenge: eight long audiences', paths.challenges, ask({ purpose: 'enrolment', audiences })),
    body(
      'challenge: long failures',
      paths.challenges,
      ask({ purpose: 'enrolment', failures: Array(4).fill('a'.repeat(64)) }),
    ),
    ...['/.well-known/jwks.json', `/${'a/'.repeat(7000)}`, `/?${'a=b&'.repeat(3500)}`, '/readyz'].map(
      (path) => ({
        name: `GET ${path.slice(0, 30)}`,
        request: () => Promise.resolve({ path }),
      }),
    ),
    {
      name: 'fields of 15 KiB',
      request: () =>
        Promise.resolve({
          path: paths.challenges,
          body: ask({ purpose: 'enrolment' }),
          headers: { origin: `https://${'a.'.repeat(3000)}`, 'x-forwarded-for': '1.1.1.1,'.repeat(1000) },
        }),
    },
  ]
}

/** Within limits, as much JSON as fits into a header that is read before anything is decrypted. */
function playItem(): EvidenceItem {
  const header = `{${Array.from({ length: 1400 }, (_, i) => `"${i}":0`).join(',')}}`
  const parts = [Buffer.from(header), ...[40, 12, 20, 16].map((length) => Buffer.alloc(length, 7))]
  return { format: 'play-integrity', token: parts.map((part) => part.toString('base64url')).join('.') }
}

export function appleItem(object: Buffer): EvidenceItem {
  return {
    format: 'apple-app-attest',
    key_id: Buffer.alloc(32).toString('base64url'),
    attestation: object.toString('base64url'),
  }
}

const twice = (certificate: Buffer): [Buffer, Buffer] => [certificate, certificate]

/** A CBOR map of that many small numbers, each at most three bytes. */
function cborMap(count: number): Buffer {
  const head = (major: number, value: number) => Buffer.of((major << 5) | 25, value >> 8, value & 0xff)
  const pairs = Array.from({ length: count }, (_, i) => Buffer.concat([head(0, 256 + i), Buffer.of(0)]))
  return Buffer.concat([head(5, count), ...pairs])
}

/** An attestation object with these certificates, and otherwise in its form. */
function attestationObject(leaf: Buffer, intermediate: Buffer): Buffer {
  const bytes = (content: Buffer) => {
    const { length } = content
    return Buffer.concat([
      length < 256 ? Buffer.of(0x58, length) : Buffer.of(0x59, length >> 8, length & 0xff),
      content,
    ])
  }
  const text = (value: string) => Buffer.concat([Buffer.of(0x60 | value.length), Buffer.from(value)])
  const coseKey = Buffer.concat([
    Buffer.from('a5010203262001', 'hex'),
    ...[0x21, 0x22].map((label) => Buffer.concat([Buffer.of(label, 0x58, 32), Buffer.alloc(32, 1)])),
  ])
  const data = Buffer.concat([Buffer.alloc(53), Buffer.of(0, 32), Buffer.alloc(32), coseKey])
  return Buffer.concat([
    Buffer.of(0xa3),
    text('fmt'),
    text('apple-appattest'),
    text('attStmt'),
    Buffer.of(0xa2),
    text('x5c'),
    Buffer.of(0x82),
    bytes(leaf),
    bytes(intermediate),
    text('receipt'),
    bytes(Buffer.alloc(4000, Buffer.of(0x30, 0x80))),
    text('authData'),
    bytes(data),
  ])
}
