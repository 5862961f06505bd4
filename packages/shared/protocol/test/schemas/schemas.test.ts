import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  attestation,
  apiInput,
  apiKeyInput,
  appInput,
  attestationRequest,
  challengeRequest,
  clientData,
  developmentTokenRequest,
  problem,
} from '@assay/protocol/schemas'

const thumbprint = 'A'.repeat(43)
const challenge = {
  app: 'com.example.app',
  build: '1',
  sdk: 'assay/0.0.0',
  key: thumbprint,
  audiences: ['https://api.example.com'],
}
const data = {
  v: 1,
  challenge: 'A'.repeat(64),
  plan: 'e30',
  key: { kty: 'EC', crv: 'P-256', x: thumbprint, y: thumbprint },
  app: 'com.example.app',
  build: '1',
  sdk: 'assay/0.0.0',
  audiences: ['https://api.example.com'],
  measurement: { response: thumbprint, tags: { 'classes.dex': 'A'.repeat(11) } },
  probes: { debugger: false },
  evidence: [],
}
const development = { app: 'com.example.app', build: '1', sdk: 'assay/0.0.0', key: data.key }
const developmentRequest = { ...development, audiences: ['https://api.example.com'], secret: 'dev_x' }
const api = { audience: 'https://api.example.com', apps: ['com.example.app'], tiers: ['warning'] }

const answer = {
  tokens: [{ audience: 'https://api.example.com', token: 't', expires_in: 300 }],
  refresh_after: 0,
  server_time: 0,
  trace: 't',
}
const refusal = { type: 'urn:x', title: 'x', status: 403, code: 'x' }

function ofType(...types: unknown[]) {
  return { ...answer, tokens: types.map((token_type) => ({ ...answer.tokens[0], token_type })) }
}

function denied(remedy: unknown) {
  return { audience: 'https://api.example.com', remedy }
}

function withTags(tags: unknown) {
  return { ...data, measurement: { ...data.measurement, tags } }
}

function numbered(count: number, value: unknown): object {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, value]))
}

test.each([
  ['challenge request', challengeRequest, challenge],
  [
    'challenge request with all members',
    challengeRequest,
    {
      ...challenge,
      v: 1,
      purpose: 'refresh',
      abi: 'arm64-v8a',
      shape: 'A'.repeat(11),
      token_kinds: ['attestation', 'access'],
      failures: ['plan_refused:PLAN_SEGMENT', 'network'],
    },
  ],
  [
    'challenge request with as many failures as there may be',
    challengeRequest,
    { ...challenge, failures: Array(4).fill('a'.repeat(64)) },
  ],
  ['client data', clientData, data],
  ['client data with a second image', clientData, { ...data, text: data.measurement }],
  ['client data without reach of the second image', clientData, { ...data, text: null }],
  ['client data with a reference', clientData, { ...data, reference: 'é'.repeat(64) }],
  ['answer without the newer members', attestation, answer],
  ['answer with tokens for Authorization', attestation, ofType('DPoP', 'Bearer')],
  ['answer with remedies', attestation, { ...answer, remedies: [denied({ kind: 'update_app' })] }],
  ['refusal with a remedy', problem, { ...refusal, remedy: { kind: 'play_dialog', type_code: 3 } }],
  ['development token request', developmentTokenRequest, developmentRequest],
  [
    'attestation request',
    attestationRequest,
    { client_data: 'e30', signature: 'A'.repeat(86), evidence: [{ format: 'x', extra: 1 }] },
  ],
  ['app', appInput(z.record(z.string(), z.unknown())), { id: 'com.example.app', platform: 'android' }],
  ['API', apiInput, api],
  ['registration key', apiKeyInput, { name: 'ci', scope: 'registration', apps: ['com.example.app'] }],
  ['admin key', apiKeyInput, { name: 'me', scope: 'admin' }],
])('a %s of the right form is taken', (_name, schema, value) => {
  expect(schema.safeParse(value).success).toBe(true)
})

test.each([
  ['an unknown member', challengeRequest, { ...challenge, platform: 'android' }],
  ['no audience', challengeRequest, { ...challenge, audiences: [] }],
  ['a key that is no thumbprint', challengeRequest, { ...challenge, key: 'A' }],
  ['a refresh without a key', challengeRequest, { ...challenge, key: undefined, purpose: 'refresh' }],
  ['another purpose', challengeRequest, { ...challenge, purpose: 'proof' }],
  ['a version that is no whole number', challengeRequest, { ...challenge, v: '1' }],
  ['an ABI out of form', challengeRequest, { ...challenge, abi: 'ARM64' }],
  ['no kind of token', challengeRequest, { ...challenge, token_kinds: [] }],
  ['a kind of token twice', challengeRequest, { ...challenge, token_kinds: ['access', 'access'] }],
  ['another kind of token', challengeRequest, { ...challenge, token_kinds: ['attestation', 'id'] }],
  ['a kind of token that is no list', challengeRequest, { ...challenge, token_kinds: 'access' }],
  ['a token of another type', attestation, ofType('dpop')],
  ['a token without a type that is named', attestation, ofType(null)],
  ['another remedy', problem, { ...refusal, remedy: { kind: 'pray' } }],
  ['a dialog of Play without its code', problem, { ...refusal, remedy: { kind: 'play_dialog' } }],
  [
    'a fourth dialog of Play',
    attestation,
    { ...answer, remedies: [denied({ kind: 'play_dialog', type_code: 4 })] },
  ],
  ['an empty reference', clientData, { ...data, reference: '' }],
  ['a reference of 129 bytes', clientData, { ...data, reference: `${'é'.repeat(64)}a` }],
  ['a reference with a line end', clientData, { ...data, reference: 'a\n' }],
  ['a reference with a control character beyond ASCII', clientData, { ...data, reference: 'a\u0085' }],
  ['a reference with half a surrogate pair', clientData, { ...data, reference: '\ud800' }],
  ['a reference that is no text', clientData, { ...data, reference: 7 }],
  ['five failures', challengeRequest, { ...challenge, failures: Array(5).fill('network') }],
  ['a failure that is no code', challengeRequest, { ...challenge, failures: ['no route to host'] }],
  ['a failure of 65 characters', challengeRequest, { ...challenge, failures: ['a'.repeat(65)] }],
  ['a development request without secret', developmentTokenRequest, { ...developmentRequest, secret: '' }],
  ['a second image without a response', clientData, { ...data, text: { tags: {} } }],
  ['an unknown member of client data', clientData, { ...data, more: 1 }],
  ['a private member of the key', clientData, { ...data, key: { ...data.key, d: thumbprint } }],
  ['a probe answer of another type', clientData, { ...data, probes: { a: {} } }],
  ['a probe answer too large for a whole number', clientData, { ...data, probes: { a: 2 ** 53 } }],
  ['a probe answer that is a fraction', clientData, { ...data, probes: { a: 0.5 } }],
  ['a long probe answer', clientData, { ...data, probes: { a: 'x'.repeat(257) } }],
  ['a probe out of form', clientData, { ...data, probes: { A: true } }],
  ['65 probes', clientData, { ...data, probes: numbered(65, true) }],
  ['probes that are a list', clientData, { ...data, probes: [] }],
  ['no tags', clientData, withTags(undefined)],
  ['a tag that is no text', clientData, withTags({ a: 1 })],
  ['a tag of another length', clientData, withTags({ a: 'A'.repeat(12) })],
  ['a tag out of form', clientData, withTags({ a: 'A'.repeat(10) + '=' })],
  ['a tag without a name', clientData, withTags({ '': 'A'.repeat(11) })],
  ['a tag with a long name', clientData, withTags({ ['a'.repeat(1025)]: 'A'.repeat(11) })],
  ['4,097 tags', clientData, withTags(numbered(4097, 'A'.repeat(11)))],
  [
    'five pieces of evidence',
    attestationRequest,
    { client_data: 'e30', signature: 'A'.repeat(86), evidence: Array(5).fill({ format: 'x' }) },
  ],
  ['an API without tiers', apiInput, { ...api, tiers: [] }],
  ['an API that accepts none', apiInput, { ...api, tiers: ['none'] }],
  ['a bearer token of 900 s', apiInput, { ...api, mode: 'bearer', token_lifetime: 900 }],
  ['an origin with a path', apiInput, { ...api, origins: ['https://a.example/'] }],
  ['a name that PostgreSQL cannot hold', apiKeyInput, { name: 'a\u0000b', scope: 'admin' }],
  ['an app twice', apiInput, { ...api, apps: ['com.example.app', 'com.example.app'] }],
  ['a registration key for no app', apiKeyInput, { name: 'ci', scope: 'registration' }],
  ['an admin key for apps', apiKeyInput, { name: 'ci', scope: 'admin', apps: ['com.example.app'] }],
])('%s is refused', (_name, schema, value) => {
  expect(schema.safeParse(value).success).toBe(false)
})
