import { playDialogCodes, remedyKinds, type ProblemCode } from '@assay/protocol'
import { problemCodes, problems } from '@assay/protocol/codes'
import type { Case, Family, Json } from '../case/case.ts'

/** The codes that the endpoints for apps refuse with, and those that an SDK gives the app. */
export const errorOfProblem: Readonly<Partial<Record<ProblemCode, string>>> = {
  json_invalid: 'request_refused',
  json_duplicate_member: 'request_refused',
  json_too_deep: 'request_refused',
  request_invalid: 'request_refused',
  body_too_large: 'request_refused',
  body_too_slow: 'service_unavailable',
  media_type_unsupported: 'request_refused',
  not_found: 'response_invalid',
  method_not_allowed: 'request_refused',
  rate_limited: 'rate_limited',
  app_not_registered: 'not_registered',
  build_not_registered: 'build_refused',
  build_retired: 'build_refused',
  build_below_minimum: 'build_refused',
  build_expired: 'build_refused',
  channel_not_admitted: 'build_refused',
  abi_not_registered: 'build_refused',
  audience_not_registered: 'not_registered',
  token_kind_unsupported: 'sdk_outdated',
  challenge_malformed: 'challenge_stale',
  challenge_invalid: 'challenge_stale',
  challenge_expired: 'challenge_stale',
  challenge_wrong_purpose: 'challenge_stale',
  challenge_used: 'challenge_stale',
  challenge_outdated: 'challenge_stale',
  client_data_malformed: 'request_refused',
  client_data_signature_invalid: 'key_store_failed',
  evidence_list_mismatch: 'request_refused',
  enrolment_required: 'evidence_failed',
  attestation_denied: 'attestation_denied',
  temporarily_unavailable: 'service_unavailable',
  internal_error: 'service_unavailable',
}

const retryable = new Set([
  'response_invalid',
  'service_unavailable',
  'rate_limited',
  'challenge_stale',
  'key_store_failed',
  'evidence_failed',
])

interface Answer {
  readonly path?: 'challenges' | 'attestations'
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text: string
}

function refusal(
  id: string,
  { path = 'challenges', headers = {}, ...rest }: Answer,
  error: string,
  details: Readonly<Record<string, Json>> = {},
): Case {
  return {
    id,
    input: { path, headers, ...rest },
    error,
    details: { retryable: retryable.has(error), ...details },
  }
}

const trace = 'tttttttttttttttttttttt'
const document = (code: string, more: object = {}) =>
  JSON.stringify({ type: `urn:assay:problem:${code}`, code, ...more })

function problemCases(): Case[] {
  return problemCodes.flatMap((code) => {
    const error = errorOfProblem[code]
    if (error === undefined) return []
    const { status } = problems[code]
    const path = /^(client_data|evidence|enrolment|attestation|challenge)/.test(code)
      ? 'attestations'
      : 'challenges'
    return [
      refusal(code, { path, status, text: document(code) }, error, { problem: code }),
      refusal(`${code} with a trace`, { path, status, text: document(code, { trace }) }, error, {
        problem: code,
        trace,
      }),
    ]
  })
}

/** The older of the two is reported: the service, if it speaks only lower versions. */
function versionCases(): Case[] {
  const cases: [supported: Json | undefined, error: string][] = [
    [[0], 'service_outdated'],
    [[2], 'sdk_outdated'],
    [[0, 2], 'sdk_outdated'],
    [[], 'sdk_outdated'],
    [['0'], 'sdk_outdated'],
    ['0', 'sdk_outdated'],
    [undefined, 'sdk_outdated'],
  ]
  return cases.map(([supported, error]) =>
    refusal(
      `another version of the protocol, where ${JSON.stringify(supported) ?? 'nothing'} is supported`,
      { status: 400, text: document('version_unsupported', { supported }) },
      error,
      { problem: 'version_unsupported' },
    ),
  )
}

function statusCases(): Case[] {
  const html = '<html>Login</html>'
  return [
    refusal('a code that nobody knows', { status: 403, text: document('something_new') }, 'request_refused', {
      problem: 'something_new',
    }),
    refusal(
      'a code that nobody knows, and that looks like one of a build',
      { status: 403, text: document('build_something') },
      'request_refused',
      { problem: 'build_something' },
    ),
    ...versionCases(),
    refusal(
      '500 of a code that says otherwise',
      { status: 500, text: document('attestation_denied') },
      'service_unavailable',
      { problem: 'attestation_denied' },
    ),
    refusal(
      '429 of a code that says otherwise',
      { status: 429, text: document('attestation_denied') },
      'rate_limited',
      { problem: 'attestation_denied' },
    ),
    ...[500, 502, 503, 504, 599].map((status) =>
      refusal(`${status} without a document`, { status, text: html }, 'service_unavailable'),
    ),
    refusal('429 without a document', { status: 429, text: '' }, 'rate_limited'),
    ...[400, 401, 403, 404, 407, 409, 413, 451, 302].map((status) =>
      refusal(`${status} without a document`, { status, text: html }, 'response_invalid'),
    ),
    ...(
      [
        ['null', 'null'],
        ['a list', '[]'],
        ['a number', '7'],
        ['text', '"attestation_denied"'],
        ['nothing', ''],
        ['cut JSON', '{"code":"attestation_denied"'],
      ] as const
    ).map(([name, text]) => refusal(`403 with ${name}`, { status: 403, text }, 'response_invalid')),
    refusal('403 with a code that is a number', { status: 403, text: '{"code":1}' }, 'response_invalid'),
    refusal('403 with a code that is null', { status: 403, text: '{"code":null}' }, 'response_invalid'),
    refusal('403 with an empty code', { status: 403, text: '{"code":""}' }, 'response_invalid', {
      problem: '',
    }),
    refusal(
      '403 with a trace that is a number',
      { path: 'attestations', status: 403, text: document('attestation_denied', { trace: 7 }) },
      'attestation_denied',
      { problem: 'attestation_denied' },
    ),
  ]
}

function retryCases(): Case[] {
  const of = (value: string, retryAfter?: number) =>
    refusal(
      `Retry-After: ${value === '' ? 'empty' : value}`,
      { status: 429, headers: { 'Retry-After': value }, text: document('rate_limited') },
      'rate_limited',
      {
        problem: 'rate_limited',
        ...(retryAfter === undefined ? {} : { retryAfter }),
      },
    )
  return [
    of('20', 20),
    of('1', 1),
    of('86400', 86_400),
    of('0'),
    of(''),
    of('soon'),
    of('Wed, 21 Oct 2026 07:28:00 GMT'),
    refusal(
      'Retry-After with 503',
      { status: 503, headers: { 'Retry-After': '120' }, text: '' },
      'service_unavailable',
      { retryAfter: 120 },
    ),
  ]
}

/** A remedy is handed on in the names of SDKs; one that is not in the list, or not of its form, is ignored. */
function remedyCases(): Case[] {
  const of = (id: string, remedy: Json, reported?: Json) =>
    refusal(
      id,
      { path: 'attestations', status: 403, text: document('attestation_denied', { trace, remedy }) },
      'attestation_denied',
      { problem: 'attestation_denied', trace, ...(reported === undefined ? {} : { remedy: reported }) },
    )
  return [
    ...remedyKinds
      .filter((kind) => kind !== 'play_dialog')
      .map((kind) => of(`the remedy ${kind}`, { kind }, { kind })),
    ...playDialogCodes.map((code) =>
      of(
        `the remedy play_dialog ${code}`,
        { kind: 'play_dialog', type_code: code },
        { kind: 'play_dialog', typeCode: code },
      ),
    ),
    of('a remedy with a member unknown today', { kind: 'update_app', url: 'x' }, { kind: 'update_app' }),
    of('another remedy', { kind: 'pray' }),
    of('a remedy of another case', { kind: 'Update_App' }),
    of('a remedy that is named like a member of objects', { kind: 'constructor' }),
    of('a remedy in a list', [{ kind: 'update_app' }]),
    of('a remedy that is text', 'update_app'),
    of('a remedy that is null', null),
    of('a remedy without kind', {}),
    of('a remedy whose kind is a list', { kind: ['update_app'] }),
    of('play_dialog without a code', { kind: 'play_dialog' }),
    ...[0, 4, -1, 1.5, '1', null, true].map((code) =>
      of(`play_dialog ${JSON.stringify(code)}`, { kind: 'play_dialog', type_code: code }),
    ),
    of('update_app with a code', { kind: 'update_app', type_code: 1 }),
    refusal(
      'a remedy for an old build',
      { status: 403, text: document('build_retired', { remedy: { kind: 'update_app' } }) },
      'build_refused',
      { problem: 'build_retired', remedy: { kind: 'update_app' } },
    ),
    refusal(
      'a remedy for a limit',
      { status: 429, text: document('rate_limited', { remedy: { kind: 'try_later' } }) },
      'rate_limited',
      { problem: 'rate_limited', remedy: { kind: 'try_later' } },
    ),
  ]
}

/** Answers that are good, or have not the form of one. */
function answerCases(): Case[] {
  const challenge = { attestation_challenge: 'A'.repeat(64), plan: 'AAAA', expires_in: 120 }
  const token = { audience: 'https://api.example', token: 't', expires_in: 300 }
  const tokens = { tokens: [token], refresh_after: 150, server_time: 1_790_000_000, trace }
  const good = (id: string, path: string, body: object): Case => ({
    id,
    input: { path, status: 200, headers: {}, text: JSON.stringify(body) },
    output: true,
  })
  return [
    good('tokens', 'attestations', tokens),
    good('tokens with members unknown today', 'attestations', { ...tokens, config: 'x', more: [1] }),
    good('tokens with a refresh_after of 0', 'attestations', { ...tokens, refresh_after: 0 }),
    good('two tokens', 'attestations', {
      ...tokens,
      tokens: [
        { ...token, audience: 'b' },
        { ...token, note: 1 },
      ],
    }),
    good('tokens for Authorization', 'attestations', {
      ...tokens,
      tokens: [
        { ...token, token_type: 'DPoP' },
        { ...token, audience: 'b', token_type: 'Bearer' },
      ],
    }),
    good('remedies for APIs that have no token', 'attestations', {
      ...tokens,
      remedies: [{ audience: 'b', remedy: { kind: 'update_app' } }],
    }),
    ...(['x', null, [7, null, 'x', {}, { audience: 'b' }]] as const).map((remedies) =>
      good(`remedies that are ${JSON.stringify(remedies)}`, 'attestations', { ...tokens, remedies }),
    ),
    ...['dpop', 'bearer', '', 'N_A', null, 7].map((type) =>
      refusal(
        `a token of the type ${JSON.stringify(type)}`,
        {
          path: 'attestations',
          status: 200,
          text: JSON.stringify({ ...tokens, tokens: [{ ...token, token_type: type }] }),
        },
        'response_invalid',
      ),
    ),
    good('tokens of half seconds', 'attestations', { ...tokens, refresh_after: 1.5 }),
    refusal('an empty object for a challenge', { status: 200, text: '{}' }, 'response_invalid'),
    refusal(
      'a challenge without plan',
      { status: 200, text: JSON.stringify({ ...challenge, plan: undefined }) },
      'response_invalid',
    ),
    refusal(
      'a challenge with a plan that is an object',
      { status: 200, text: JSON.stringify({ ...challenge, plan: {} }) },
      'response_invalid',
    ),
    refusal(
      'a challenge with a line end',
      { status: 200, text: JSON.stringify({ ...challenge, attestation_challenge: 'A\n' }) },
      'response_invalid',
    ),
    refusal(
      'a challenge with expires_in as text',
      { status: 200, text: JSON.stringify({ ...challenge, expires_in: '120' }) },
      'response_invalid',
    ),
    refusal(
      'no token',
      { path: 'attestations', status: 200, text: JSON.stringify({ ...tokens, tokens: [] }) },
      'response_invalid',
    ),
    refusal(
      'a token with a line end',
      {
        path: 'attestations',
        status: 200,
        text: JSON.stringify({ ...tokens, tokens: [{ ...token, token: 'a\r\nb' }] }),
      },
      'response_invalid',
    ),
    refusal(
      'an audience with a space',
      {
        path: 'attestations',
        status: 200,
        text: JSON.stringify({ ...tokens, tokens: [{ ...token, audience: 'a b' }] }),
      },
      'response_invalid',
    ),
    refusal(
      'an expires_in below zero',
      {
        path: 'attestations',
        status: 200,
        text: JSON.stringify({ ...tokens, tokens: [{ ...token, expires_in: -1 }] }),
      },
      'response_invalid',
    ),
  ]
}

export const refusals: Family = {
  name: 'refusals',
  about:
    'What an SDK makes of an answer of the service: a good one, or the code that it tells the app, and whether trying again may help.',
  floor: { accepted: 9, refused: 120 },
  cases: [...problemCases(), ...statusCases(), ...retryCases(), ...remedyCases(), ...answerCases()],
}
