import fc from 'fast-check'
import { app, audience, issuer, jwks, jwksUrl, keys, now, published, thumbprint } from '../../making/world.ts'
import type { Edit } from './edit.ts'
import type { OpenCase } from '../open/open-case.ts'

const key = Buffer.alloc(32, 7).toString('base64url')
const random = Buffer.alloc(12, 9).toString('base64url')
const jkt = thumbprint(keys.installation)

/** Values of the form that a case may have. */
const members: Readonly<Record<string, readonly unknown[]>> = {
  issuer: [issuer, 'https://login.example', `${issuer}/`, 'https://ATTEST.example', ''],
  audience: [audience, `${audience}/`, `${audience}/v1`, 'https://api.example.com:443', 'urn:api', ''],
  apps: [[app], ['com.example.other'], [app, 'com.example.other'], [app, app], []],
  tiers: [['affirming'], ['warning', 'affirming'], ['contraindicated'], ['none'], []],
  mode: ['bound', 'bearer', 'both'],
  token_kind: ['attestation', 'access', 'other'],
  proofs: [
    ['dpop_combined'],
    ['attestation_pop_jwt'],
    ['attestation_pop_jwt', 'dpop_combined'],
    [],
    ['dpop'],
  ],
  enforcement: ['enforce', 'observe'],
  public_base_url: [
    ...[audience, `${audience}/`, 'http://127.0.0.1:8080', 'https://API.example.com', `${audience}/base/`],
    ...[
      `${audience}?a`,
      `${audience}/..`,
      'ftp://a',
      { forwarded: [audience, 'https://second.example.com'] },
    ],
    ...[{ forwarded: [] }, { forwarded: [`${audience}/v1`] }, { forwarded: ['http://127.0.0.1'] }],
  ],
  clock_tolerance: [0, 1, 10, 300, 301, -1, 0.5],
  proof_max_age: [0, 1, 60, 600, 601, 1.5],
  max_field_length: [1023, 1024, 6144, 16_384, 16_385],
  development: [true],
  allow_listed: [true],
  resource_metadata: ['https://api.example.com/.well-known/oauth-protected-resource', 'http://a', 'a'],
  deny_list: [
    [],
    [{ kind: 'jti', value: 'token-0001' }],
    [{ kind: 'jkt', value: jkt }],
    [{ kind: 'key', value: jkt }],
    [{ kind: 'jti', value: '' }],
    [{ kind: 'jti', value: 'token-0001', app }],
    [{ kind: 'build', value: '1.4.2+142' }],
    [{ kind: 'installation', value: 'pseudonym-1' }],
    [{ kind: 'app', value: app }],
    [{ kind: 'build', value: '1.4.2+142', app }],
    [{ kind: 'build', value: '1.4.2+142', app: 'com.example.other' }],
  ],
  nonces: [
    { key, random },
    { key, random, lifetime: 60 },
  ],
  status_list: [{}, { when_stale: 'fail' }, { max_age: 5 }, { stale_if_error: 0 }],
  jwks: [
    jwks,
    { keys: [] },
    { keys: [published(keys.issuer_next, 'key-1')] },
    { keys: [published(keys.issuer, 'key-1'), published(keys.issuer_next, 'key-1')] },
    { url: jwksUrl },
    { url: jwksUrl, max_age: 5, cooldown: 5 },
    { url: jwksUrl, stale_if_error: 0 },
  ],
  replay_capacity: [1, 2, 4, 100],
}

const options = Object.entries(members)
const times = [0, 0.5, -0.5, 1, 10, 10.5, 11, 59, 60, 61, 70, 70.5, 71, 295, 305, 306, 900, 4000]

export const configurationEdits: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(...options).chain(([name, values]) =>
      fc.constantFrom(...values).map((value) => ({
        does: `${name} is ${JSON.stringify(value)}`,
        apply({ configuration }: OpenCase) {
          configuration[name] = structuredClone(value)
        },
      })),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(3), fc.constantFrom(...times, null)).map(([at, seconds]) => ({
      does: seconds === null ? 'the clock gives no time' : `request ${at}: ${seconds} s later`,
      apply({ steps }: OpenCase) {
        const step = steps[at % Math.max(1, steps.length)]
        if (step !== undefined) step.now = seconds === null ? null : (step.now ?? now) + seconds
      },
    })),
  },
)
