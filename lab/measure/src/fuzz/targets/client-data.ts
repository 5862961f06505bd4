import { decodeBase64url, decodeChallenge, decodeUtf8, parseStrictJson, readPublicJwk } from '@assay/protocol'
import { clientData } from '@assay/protocol/schemas'
import { fuzzingKey } from '../inputs/fuzzing-keys.ts'
import { refused } from '../target/refusals.ts'
import { accepted, type Target } from '../target/target.ts'

const item = {
  v: 1,
  challenge: Buffer.from(`01010100${'00'.repeat(44)}`, 'hex').toString('base64url'),
  plan: Buffer.from('{"v":1}').toString('base64url'),
  key: fuzzingKey('client data').jwk,
  app: 'com.example.app',
  build: '1.4.2+142',
  sdk: 'assay/1.0.0',
  audiences: ['https://api.example.com'],
  measurement: {
    response: Buffer.alloc(32).toString('base64url'),
    tags: { 'classes.dex': Buffer.alloc(8).toString('base64url') },
  },
  probes: { 'js.natives': true, 'node.debugger': 'none', 'js.count': 15 },
  evidence: ['android-key-attestation', 'play-integrity'],
}

/** What an installation signs of itself, in the steps in which it is read before anything of it is trusted. */
export const target: Target = {
  run(input) {
    const text = decodeUtf8(input)
    if (text === undefined) return 'not UTF-8'
    const json = parseStrictJson(text, { maxLength: 65_536, maxDepth: 4 })
    if (!json.ok) return json.fault
    const parsed = clientData.safeParse(json.value)
    if (!parsed.success) return refused
    const key = readPublicJwk({ ...parsed.data.key })
    if (!key.ok) return key.fault
    if (decodeBase64url(parsed.data.plan ?? parsed.data.plan_digest ?? '') === undefined) return 'plan'
    return decodeChallenge(parsed.data.challenge) === undefined ? 'challenge' : accepted
  },
  seeds: [
    item,
    { ...item, probes: {}, evidence: [] },
    { ...item, audiences: [] },
    { ...item, measurement: { ...item.measurement, tags: [] } },
    { ...item, measurement: { ...item.measurement, tags: { '': 'AAAAAAAAAAA' } } },
    { ...item, probes: { a: { b: 1 } } },
    { ...item, plan: 'AB' },
    { ...item, plan: undefined, plan_digest: 'A'.repeat(43), abi: 'arm64-v8a' },
    { ...item, plan_digest: 'A'.repeat(43) },
    { ...item, reference: 'customer é 4711' },
    { ...item, reference: '\u0085' },
  ].map((value) => Buffer.from(JSON.stringify(value))),
}
