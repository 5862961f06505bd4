import { mediaTypes, paths, statusListMediaType, type ProblemCode } from '@assay/protocol'
import type { SchemeSettings } from '@assay/evidence'
import { z, type ZodType } from 'zod'
import * as answers from './answers.ts'

/** Who may call: anyone, an admin key, or also a registration key of the app that the path names. */
type Caller = 'anyone' | 'admin' | 'registration'

/** What an endpoint answers: JSON of a form, another media type, or nothing. */
export type AnswerBody = { json: ZodType; type?: string } | { type: string } | 'nothing'

/**
 * What the document says about an endpoint that its route does not: the route has path, method and the form of what
 * it takes.
 */
export interface Operation {
  readonly id: string
  readonly tag: (typeof tags)[number]['name']
  readonly summary: string
  readonly caller: Caller
  readonly answers: Readonly<Record<number, AnswerBody>>
  /** Problems of its own. What every endpoint of its kind answers is added to them. */
  readonly problems: readonly ProblemCode[]
  /** Form of the body where the route takes bytes, or hands a part of it on to be checked later. */
  readonly body?: { json: ZodType } | { types: readonly string[] }
  readonly example?: unknown
}

export const tags = [
  { name: 'attestation', description: 'For SDKs.' },
  { name: 'discovery', description: 'For relying parties: keys, metadata, status lists, and this document.' },
  { name: 'provisioning', description: 'For operators and release pipelines: apps, builds, APIs, policies.' },
  { name: 'operations', description: 'For operators: keys, bans, traces, the state of the service.' },
] as const

const app = { json: answers.app }
const build = { json: answers.build }
const api = { json: answers.api }
const ban = { json: answers.ban }
const nothing = { 204: 'nothing' } as const

const apiProblems = ['app_not_found', 'policy_not_found', 'api_not_found'] as const
const challengeProblems = [
  'app_not_registered',
  'build_not_registered',
  'build_retired',
  'build_below_minimum',
  'abi_not_registered',
  'audience_not_registered',
] as const

/** By method and route. */
export function operationsFor(
  itemSchema: ZodType,
  attestationRequest: ZodType,
  settings: readonly SchemeSettings[],
) {
  const operations: Record<string, Operation> = {
    [`POST ${paths.challenges}`]: {
      id: 'issueChallenge',
      tag: 'attestation',
      summary: 'Issue a challenge and the measurement plan that goes with it',
      caller: 'anyone',
      answers: { 200: { json: answers.challenge } },
      problems: ['version_unsupported', 'rate_limited', ...challengeProblems],
      example: {
        v: 1,
        app: 'com.example.app',
        build: '1.4.2+10402',
        sdk: 'assay-client/0.1.0',
        key: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
        audiences: ['https://api.example.com'],
      },
    },
    [`POST ${paths.attestations}`]: {
      id: 'attest',
      tag: 'attestation',
      summary: 'Exchange signed client data and evidence for tokens',
      caller: 'anyone',
      answers: { 200: { json: answers.attestation } },
      body: { json: z.intersection(attestationRequest, z.looseObject({ evidence: z.array(itemSchema) })) },
      problems: [
        ...challengeProblems,
        'rate_limited',
        'challenge_malformed',
        'challenge_invalid',
        'challenge_expired',
        'challenge_wrong_purpose',
        'challenge_outdated',
        'challenge_used',
        'client_data_malformed',
        'client_data_signature_invalid',
        'evidence_list_mismatch',
        'enrolment_required',
        'attestation_denied',
      ],
    },
    [`GET ${paths.jwks}`]: {
      id: 'getKeys',
      tag: 'discovery',
      summary: 'Get the public keys of tokens',
      caller: 'anyone',
      answers: { 200: { json: answers.jwks, type: mediaTypes.jwks } },
      problems: [],
    },
    [`GET ${paths.metadata}`]: {
      id: 'getServiceMetadata',
      tag: 'discovery',
      summary: 'Get what the service says of itself: endpoints and algorithms',
      caller: 'anyone',
      answers: { 200: { json: answers.serviceMetadata } },
      problems: [],
    },
    [`GET ${paths.openidConfiguration}`]: {
      id: 'getOpenidConfiguration',
      tag: 'discovery',
      summary: 'Get issuer and JWKS by OpenID discovery; there is nothing to log in at',
      caller: 'anyone',
      answers: { 200: { json: answers.openidConfiguration } },
      problems: [],
    },
    'GET /v1/status/:api': {
      id: 'getStatusList',
      tag: 'discovery',
      summary: 'Get the signed status list of an API, which is named by its audience in base64url',
      caller: 'anyone',
      answers: { 200: { type: statusListMediaType }, 304: 'nothing' },
      problems: ['api_not_found'],
    },
    [`GET ${paths.openapi}`]: {
      id: 'getOpenapi',
      tag: 'discovery',
      summary: 'Get this document',
      caller: 'anyone',
      answers: { 200: { json: z.looseObject({ openapi: z.string() }) } },
      problems: [],
    },
    [`GET ${paths.live}`]: {
      id: 'isLive',
      tag: 'operations',
      summary: 'Tell whether the process lives',
      caller: 'anyone',
      answers: { 200: { json: answers.health } },
      problems: [],
    },
    [`GET ${paths.ready}`]: {
      id: 'isReady',
      tag: 'operations',
      summary: 'Tell whether the service can do its work',
      caller: 'anyone',
      answers: { 200: { json: answers.health } },
      problems: [],
    },
    'POST /v1/apps': {
      id: 'addApp',
      tag: 'provisioning',
      summary: 'Register an app',
      caller: 'admin',
      answers: { 201: app },
      problems: ['app_exists', 'policy_not_found', 'evidence_settings_invalid'],
      example: {
        id: 'com.example.app',
        platform: settings[0]?.platform ?? 'web',
        evidence: Object.fromEntries(settings.slice(0, 1).map(({ name, example }) => [name, example])),
      },
    },
    'GET /v1/apps': {
      id: 'listApps',
      tag: 'provisioning',
      summary: 'List the registered apps',
      caller: 'admin',
      answers: { 200: { json: z.object({ apps: z.array(answers.app), next: z.string().optional() }) } },
      problems: [],
    },
    'GET /v1/apps/:app': {
      id: 'getApp',
      tag: 'provisioning',
      summary: 'Get an app',
      caller: 'admin',
      answers: { 200: app },
      problems: ['app_not_found'],
    },
    'PATCH /v1/apps/:app': {
      id: 'updateApp',
      tag: 'provisioning',
      summary: 'Change an app: members that are left out stay',
      caller: 'admin',
      answers: { 200: app },
      problems: ['app_not_found', 'policy_not_found', 'evidence_settings_invalid'],
      example: { min_version_code: 10402 },
    },
    'DELETE /v1/apps/:app': {
      id: 'removeApp',
      tag: 'provisioning',
      summary: 'Remove an app with its builds',
      caller: 'admin',
      answers: nothing,
      problems: ['app_not_found'],
    },
    'GET /v1/apps/:app/builds': {
      id: 'listBuilds',
      tag: 'provisioning',
      summary: 'List the builds of an app',
      caller: 'registration',
      answers: {
        200: { json: z.object({ builds: z.array(answers.buildSummary), next: z.string().optional() }) },
      },
      problems: ['app_not_found'],
    },
    'POST /v1/apps/:app/builds': {
      id: 'addBuild',
      tag: 'provisioning',
      summary: 'Register a build: the file itself, as it is released',
      caller: 'registration',
      answers: { 200: build, 201: build },
      body: { types: [mediaTypes.apk, mediaTypes.aab, mediaTypes.apks, mediaTypes.ipa, mediaTypes.zip] },
      problems: [
        'app_not_found',
        'build_exists',
        'build_not_found',
        'build_refused',
        'build_debuggable',
        'build_platform_mismatch',
        'package_mismatch',
        'signer_not_registered',
        'signer_new',
        'build_debug_signer',
        'provenance_invalid',
      ],
    },
    'GET /v1/apps/:app/builds/:build': {
      id: 'getBuild',
      tag: 'provisioning',
      summary: 'Get a build with its segments',
      caller: 'registration',
      answers: { 200: build },
      problems: ['app_not_found', 'build_not_found'],
    },
    'POST /v1/apps/:app/builds/:build/activate': {
      id: 'activateBuild',
      tag: 'provisioning',
      summary: 'Let a pending build attest',
      caller: 'admin',
      answers: { 200: build },
      problems: ['app_not_found', 'build_not_found', 'build_retired'],
    },
    'POST /v1/apps/:app/builds/:build/retire': {
      id: 'retireBuild',
      tag: 'provisioning',
      summary: 'Retire a build, for good',
      caller: 'admin',
      answers: { 200: build },
      problems: ['app_not_found', 'build_not_found'],
    },
    'POST /v1/apis': {
      id: 'addApi',
      tag: 'provisioning',
      summary: 'Register an API',
      caller: 'admin',
      answers: { 201: api },
      problems: ['api_exists', ...apiProblems],
      example: {
        audience: 'https://api.example.com',
        apps: ['com.example.app'],
        tiers: ['affirming', 'warning'],
        mode: 'bound',
      },
    },
    'GET /v1/apis': {
      id: 'listApis',
      tag: 'provisioning',
      summary: 'List the registered APIs, or the one of an audience',
      caller: 'admin',
      answers: { 200: { json: z.object({ apis: z.array(answers.api), next: z.string().optional() }) } },
      problems: ['api_not_found'],
    },
    'PATCH /v1/apis': {
      id: 'updateApiOfAudience',
      tag: 'provisioning',
      summary: 'Change an API: members that are left out stay',
      caller: 'admin',
      answers: { 200: api },
      problems: apiProblems,
      example: { enforcement: 'enforce' },
    },
    'DELETE /v1/apis': {
      id: 'removeApiOfAudience',
      tag: 'provisioning',
      summary: 'Remove an API',
      caller: 'admin',
      answers: nothing,
      problems: ['api_not_found'],
    },
    'GET /v1/apis/:audience': {
      id: 'getApi',
      tag: 'provisioning',
      summary: 'Get an API',
      caller: 'admin',
      answers: { 200: api },
      problems: ['api_not_found'],
    },
    'PATCH /v1/apis/:audience': {
      id: 'updateApi',
      tag: 'provisioning',
      summary: 'Change an API: members that are left out stay',
      caller: 'admin',
      answers: { 200: api },
      problems: apiProblems,
      example: { enforcement: 'enforce' },
    },
    'DELETE /v1/apis/:audience': {
      id: 'removeApi',
      tag: 'provisioning',
      summary: 'Remove an API',
      caller: 'admin',
      answers: nothing,
      problems: ['api_not_found'],
    },
    'GET /v1/policies': {
      id: 'listPolicies',
      tag: 'provisioning',
      summary: 'List the policies, those that are built in first',
      caller: 'admin',
      answers: {
        200: { json: z.object({ policies: z.array(answers.policy), next: z.string().optional() }) },
      },
      problems: [],
    },
    'GET /v1/policies/:policy': {
      id: 'getPolicy',
      tag: 'provisioning',
      summary: 'Get a policy',
      caller: 'admin',
      answers: { 200: { json: answers.policy } },
      problems: ['policy_not_found'],
    },
    'PUT /v1/policies/:policy': {
      id: 'putPolicy',
      tag: 'provisioning',
      summary: 'Save a policy; its expressions are checked',
      caller: 'admin',
      answers: { 200: { json: answers.policy } },
      problems: ['policy_invalid', 'policy_reserved'],
    },
    'DELETE /v1/policies/:policy': {
      id: 'removePolicy',
      tag: 'provisioning',
      summary: 'Remove a policy that nothing names',
      caller: 'admin',
      answers: nothing,
      problems: ['policy_not_found', 'policy_reserved', 'policy_in_use'],
    },
    'POST /v1/keys': {
      id: 'addApiKey',
      tag: 'operations',
      summary: 'Make an API key, whose secret is shown this once, or register a public key for provenance',
      caller: 'admin',
      answers: { 201: { json: answers.createdApiKey } },
      problems: ['app_not_found', 'key_exists'],
      example: { name: 'release pipeline', scope: 'registration', apps: ['com.example.app'] },
    },
    'GET /v1/keys': {
      id: 'listApiKeys',
      tag: 'operations',
      summary: 'List the API keys, without their secrets',
      caller: 'admin',
      answers: {
        200: { json: z.object({ keys: z.array(answers.listedApiKey), next: z.string().optional() }) },
      },
      problems: [],
    },
    'DELETE /v1/keys/:id': {
      id: 'removeApiKey',
      tag: 'operations',
      summary: 'Remove an API key',
      caller: 'admin',
      answers: nothing,
      problems: ['key_not_found'],
    },
    'POST /v1/signing-keys/rotate': {
      id: 'rotateSigningKeys',
      tag: 'operations',
      summary: 'Sign with a new key, and withdraw every other one at once',
      caller: 'admin',
      answers: { 200: { json: answers.rotation } },
      problems: [],
    },
    'GET /v1/apps/:app/bans': {
      id: 'listBans',
      tag: 'operations',
      summary: 'List the banned vouching keys of an app',
      caller: 'admin',
      answers: { 200: { json: z.object({ bans: z.array(answers.ban), next: z.string().optional() }) } },
      problems: ['app_not_found'],
    },
    'POST /v1/apps/:app/bans': {
      id: 'addBan',
      tag: 'operations',
      summary: 'Ban the vouching key behind an installation',
      caller: 'admin',
      answers: { 201: ban },
      problems: ['app_not_found', 'anchor_not_found', 'anchor_is_batch'],
      example: {
        audience: 'https://api.example.com',
        installation: 'jyqLjCEIXAS42pGcPU7vvzI6e4V0tqJB0mKB19bQQLY',
      },
    },
    'DELETE /v1/apps/:app/bans/:kind/:vouchingKey': {
      id: 'liftBan',
      tag: 'operations',
      summary: 'Lift a ban',
      caller: 'admin',
      answers: nothing,
      problems: ['app_not_found', 'ban_not_found'],
    },
    'GET /v1/attestations/:trace': {
      id: 'getTrace',
      tag: 'operations',
      summary: 'Get what is kept of a denial or malfunction',
      caller: 'admin',
      answers: { 200: { json: answers.trace } },
      problems: ['trace_not_found'],
    },
    'GET /v1/evidence': {
      id: 'listEvidence',
      tag: 'provisioning',
      summary: 'List the kinds of evidence that apps may send, with the form of their settings',
      caller: 'admin',
      answers: { 200: { json: z.object({ evidence: z.array(answers.evidenceKind) }) } },
      problems: [],
    },
    'GET /v1/service': {
      id: 'getService',
      tag: 'operations',
      summary: 'Get how the service was started',
      caller: 'admin',
      answers: { 200: { json: answers.serviceStatus } },
      problems: [],
    },
    'GET /v1/apps/:app/activity': {
      id: 'getActivity',
      tag: 'operations',
      summary: 'Get when builds were last seen, and how often attestations of them were refused',
      caller: 'admin',
      answers: { 200: { json: answers.appActivity } },
      problems: ['app_not_found'],
    },
  }
  for (const { secret } of settings) {
    if (secret === undefined) continue
    operations[`PUT /v1/apps/:app/${secret.name}`] = {
      id: `put-${secret.name}`.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      tag: 'provisioning',
      summary: `Give the app its ${secret.name.replaceAll('-', ' ')}, which are sealed and never read back`,
      caller: 'admin',
      answers: nothing,
      problems: ['app_not_found'],
    }
  }
  return operations as Readonly<Record<string, Operation>>
}
