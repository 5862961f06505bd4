import { mediaTypes, paths, statusListMediaType, type ProblemCode } from '@assay/protocol'
import type { SchemeSettings } from '@assay/evidence'
import { z, type ZodType } from 'zod'
import type { Caller } from '../callers.ts'
import * as answers from './answers.ts'

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
  readonly caller: Caller | 'anyone'
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

/** An operation as it is written below. `answers`: a form is JSON of that form, with status 200. */
type Entry = Omit<Operation, 'tag' | 'caller' | 'answers' | 'problems'> & {
  readonly answers: ZodType | Operation['answers']
  readonly problems?: Operation['problems']
}

/**
 * Operations of one tag for one caller; looking may be for more. Whatever a path names may not be registered: that needs no
 * entry.
 */
function operations(
  tag: Operation['tag'],
  caller: Operation['caller'],
  entries: Readonly<Record<string, Entry>>,
): Record<string, Operation> {
  return Object.fromEntries(
    Object.entries(entries).map(([route, { answers: told, problems = [], ...entry }]) => [
      route,
      {
        tag,
        caller: route.startsWith('GET ') ? (reading[caller] ?? caller) : caller,
        answers: told instanceof z.ZodType ? { 200: { json: told } } : told,
        problems: [...missingOf(route), ...problems],
        ...entry,
      },
    ]),
  )
}

/** Who may look at what such callers may change. */
const reading: Partial<Record<Operation['caller'], Caller>> = {
  admin: 'read',
  support: 'read',
  policy: 'read',
  registration: 'builds',
}

function missingOf(route: string): ProblemCode[] {
  const names = route.split('/')
  return [
    ...(names.includes(':app') ? (['app_not_found'] as const) : []),
    ...(names.includes(':build') ? (['build_not_found'] as const) : []),
  ]
}

function pageOf(name: string, entry: ZodType): ZodType {
  return z.object({ [name]: z.array(entry), next: z.string().optional() })
}

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

// An API has two paths: by its audience in the query, and by its audience in the path.
const updateApi = {
  summary: 'Change an API: members that are left out stay',
  answers: answers.api,
  problems: apiProblems,
  example: { enforcement: 'enforce' },
}
const removeApi = { summary: 'Remove an API', answers: nothing, problems: ['api_not_found'] } as const

/** By method and route. */
export function operationsFor(
  itemSchema: ZodType,
  attestationRequest: ZodType,
  settings: readonly SchemeSettings[],
): Readonly<Record<string, Operation>> {
  return {
    ...operations('attestation', 'anyone', {
      [`POST ${paths.challenges}`]: {
        id: 'issueChallenge',
        summary: 'Issue a challenge and the measurement plan that goes with it',
        answers: answers.challenge,
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
      [`POST ${paths.developmentTokens}`]: {
        id: 'issueDevelopmentTokens',
        summary: 'Exchange a development secret for tokens, without appraisal',
        answers: answers.attestation,
        problems: ['version_unsupported', 'rate_limited', 'development_refused'],
        example: {
          v: 1,
          app: 'com.example.app.dev',
          build: 'dev',
          sdk: 'assay-client/0.1.0',
          key: {
            kty: 'EC',
            crv: 'P-256',
            x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
            y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
          },
          audiences: ['http://localhost:3000'],
          secret: 'assaydev_…',
        },
      },
      [`POST ${paths.attestations}`]: {
        id: 'attest',
        summary: 'Exchange signed client data and evidence for tokens',
        answers: answers.attestation,
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
    }),
    ...operations('discovery', 'anyone', {
      [`GET ${paths.developmentJwks}`]: {
        id: 'getDevelopmentJwks',
        summary: 'Get the public key of tokens for development',
        answers: { 200: { json: answers.jwks, type: mediaTypes.jwks } },
      },
      [`GET ${paths.jwks}`]: {
        id: 'getKeys',
        summary: 'Get the public keys of tokens',
        answers: { 200: { json: answers.jwks, type: mediaTypes.jwks } },
      },
      [`GET ${paths.metadata}`]: {
        id: 'getServiceMetadata',
        summary: 'Get what the service says of itself: endpoints and algorithms',
        answers: answers.serviceMetadata,
      },
      [`GET ${paths.openidConfiguration}`]: {
        id: 'getOpenidConfiguration',
        summary: 'Get issuer and JWKS by OpenID discovery; there is nothing to log in at',
        answers: answers.openidConfiguration,
      },
      'GET /v1/status/:api': {
        id: 'getStatusList',
        summary: 'Get the signed status list of an API, which is named by its audience in base64url',
        answers: { 200: { type: statusListMediaType }, 304: 'nothing' },
        problems: ['api_not_found'],
      },
      [`GET ${paths.openapi}`]: {
        id: 'getOpenapi',
        summary: 'Get this document',
        answers: z.looseObject({ openapi: z.string() }),
      },
    }),
    ...operations('operations', 'anyone', {
      [`GET ${paths.live}`]: {
        id: 'isLive',
        summary: 'Tell whether the process lives',
        answers: answers.health,
      },
      [`GET ${paths.ready}`]: {
        id: 'isReady',
        summary: 'Tell whether the service can do its work',
        answers: answers.health,
      },
    }),
    ...operations('provisioning', 'admin', {
      'POST /v1/apps': {
        id: 'addApp',
        summary: 'Register an app',
        answers: { 201: { json: answers.app } },
        problems: ['app_exists', 'policy_not_found', 'evidence_settings_invalid'],
        example: {
          id: 'com.example.app',
          platform: settings[0]?.platform ?? 'web',
          evidence: Object.fromEntries(settings.slice(0, 1).map(({ name, example }) => [name, example])),
        },
      },
      'GET /v1/apps': {
        id: 'listApps',
        summary: 'List the registered apps',
        answers: pageOf('apps', answers.app),
      },
      'GET /v1/apps/:app': { id: 'getApp', summary: 'Get an app', answers: answers.app },
      'PATCH /v1/apps/:app': {
        id: 'updateApp',
        summary: 'Change an app: members that are left out stay',
        answers: answers.app,
        problems: ['policy_not_found', 'evidence_settings_invalid'],
        example: { min_version_code: 10402 },
      },
      'DELETE /v1/apps/:app': { id: 'removeApp', summary: 'Remove an app with its builds', answers: nothing },
      'POST /v1/apps/:app/builds/:build/activate': {
        id: 'activateBuild',
        summary: 'Let a pending build attest',
        answers: answers.build,
        problems: ['build_retired'],
      },
      'POST /v1/apps/:app/builds/:build/retire': {
        id: 'retireBuild',
        summary: 'Retire a build, for good',
        answers: answers.build,
      },
      'POST /v1/apis': {
        id: 'addApi',
        summary: 'Register an API',
        answers: { 201: { json: answers.api } },
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
        summary: 'List the registered APIs, or the one of an audience',
        answers: pageOf('apis', answers.api),
        problems: ['api_not_found'],
      },
      'PATCH /v1/apis': { id: 'updateApiOfAudience', ...updateApi },
      'DELETE /v1/apis': { id: 'removeApiOfAudience', ...removeApi },
      'GET /v1/apis/:audience': {
        id: 'getApi',
        summary: 'Get an API',
        answers: answers.api,
        problems: ['api_not_found'],
      },
      'PATCH /v1/apis/:audience': { id: 'updateApi', ...updateApi },
      'DELETE /v1/apis/:audience': { id: 'removeApi', ...removeApi },
      'GET /v1/evidence': {
        id: 'listEvidence',
        summary: 'List the kinds of evidence that apps may send, with the form of their settings',
        answers: z.object({ evidence: z.array(answers.evidenceKind) }),
      },
    }),
    ...operations('provisioning', 'policy', {
      'GET /v1/policies': {
        id: 'listPolicies',
        summary: 'List the policies, those that are built in first',
        answers: pageOf('policies', answers.policy),
      },
      'GET /v1/policies/:policy': {
        id: 'getPolicy',
        summary: 'Get a policy',
        answers: answers.policy,
        problems: ['policy_not_found'],
      },
      'PUT /v1/policies/:policy': {
        id: 'putPolicy',
        summary: 'Save a policy; its expressions are checked',
        answers: answers.policy,
        problems: ['policy_invalid', 'policy_reserved'],
      },
      'GET /v1/policies/:policy/versions': {
        id: 'listPolicyVersions',
        summary: 'List the versions of a policy',
        answers: pageOf('versions', answers.policy),
        problems: ['policy_not_found'],
      },
      'GET /v1/policies/:policy/versions/:version': {
        id: 'getPolicyVersion',
        summary: 'Get a version of a policy',
        answers: answers.policy,
        problems: ['policy_not_found', 'policy_version_not_found'],
      },
      'GET /v1/policies/:policy/compare': {
        id: 'comparePolicyVersions',
        summary: 'Compare two versions of a policy',
        answers: answers.policyChanges,
        problems: ['policy_not_found', 'policy_version_not_found'],
      },
      'POST /v1/policies/:policy/rollback': {
        id: 'rollBackPolicy',
        summary: 'Save an earlier version of a policy as the next one',
        answers: answers.policy,
        problems: ['policy_not_found', 'policy_version_not_found', 'policy_invalid', 'policy_reserved'],
        example: { to: 3 },
      },
      'DELETE /v1/policies/:policy': {
        id: 'removePolicy',
        summary: 'Remove a policy that nothing names',
        answers: nothing,
        problems: ['policy_not_found', 'policy_reserved', 'policy_in_use'],
      },
    }),
    ...operations('operations', 'policy', {
      'GET /v1/apps/:app/allow': {
        id: 'listAllowEntries',
        summary: 'List the test devices of an app that get tokens though the policy refuses them',
        answers: z.object({ entries: z.array(answers.allowEntry) }),
      },
      'POST /v1/apps/:app/allow': {
        id: 'addAllowEntry',
        summary: 'Let a test device through at one API, until a day',
        answers: { 201: { json: answers.allowEntry } },
        problems: ['api_not_found', 'allow_list_full'],
        example: {
          audience: 'https://api.example.com',
          key: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
          note: 'rooted phone of the test lab',
          expires_at: '2027-02-28T00:00:00Z',
        },
      },
      'DELETE /v1/apps/:app/allow/:installation': {
        id: 'removeAllowEntry',
        summary: 'Let a test device through no longer',
        answers: nothing,
        problems: ['allow_entry_not_found'],
      },
    }),
    ...operations('provisioning', 'registration', {
      'GET /v1/apps/:app/builds': {
        id: 'listBuilds',
        summary: 'List the builds of an app',
        answers: pageOf('builds', answers.buildSummary),
      },
      'POST /v1/apps/:app/builds': {
        id: 'addBuild',
        summary: 'Register a build: the file itself, as it is released',
        answers: { 200: { json: answers.build }, 201: { json: answers.build } },
        body: { types: [mediaTypes.apk, mediaTypes.aab, mediaTypes.apks, mediaTypes.ipa, mediaTypes.zip] },
        problems: [
          'build_exists',
          'build_not_found',
          'build_refused',
          'build_debuggable',
          'build_platform_mismatch',
          'package_mismatch',
          'signer_not_registered',
          'signer_new',
          'team_not_registered',
          'team_new',
          'build_debug_signer',
          'provenance_invalid',
        ],
      },
      'GET /v1/apps/:app/builds/:build': {
        id: 'getBuild',
        summary: 'Get a build with its segments',
        answers: answers.build,
      },
    }),
    ...operations('operations', 'admin', {
      'POST /v1/keys': {
        id: 'addApiKey',
        summary: 'Make an API key, whose secret is shown this once, or register a public key for provenance',
        answers: { 201: { json: answers.createdApiKey } },
        problems: ['app_not_found', 'key_exists'],
        example: { name: 'release pipeline', scope: 'registration', apps: ['com.example.app'] },
      },
      'GET /v1/keys': {
        id: 'listApiKeys',
        summary: 'List the API keys, without their secrets',
        answers: pageOf('keys', answers.listedApiKey),
      },
      'DELETE /v1/keys/:id': {
        id: 'removeApiKey',
        summary: 'Remove an API key',
        answers: nothing,
        problems: ['key_not_found', 'key_last_admin'],
      },
      'POST /v1/development-secrets': {
        id: 'addDevelopmentSecret',
        summary: 'Make a development secret, which is shown this once',
        answers: { 201: { json: answers.createdDevelopmentSecret } },
        problems: ['app_not_found'],
        example: { app: 'com.example.app.dev', name: 'end-to-end tests', days: 30 },
      },
      'GET /v1/development-secrets': {
        id: 'listDevelopmentSecrets',
        summary: 'List the development secrets, without the secrets themselves',
        answers: pageOf('secrets', answers.developmentSecret),
      },
      'POST /v1/development-secrets/:id/revoke': {
        id: 'revokeDevelopmentSecret',
        summary: 'Revoke a development secret at once',
        answers: answers.developmentSecret,
        problems: ['development_secret_not_found'],
      },
      'POST /v1/signing-keys/rotate': {
        id: 'rotateSigningKeys',
        summary: 'Sign with a new key, and withdraw every other one at once',
        answers: answers.rotation,
      },
      'GET /v1/attestations': {
        id: 'listTraces',
        summary: 'List what is kept of denials and malfunctions, the newest first',
        answers: pageOf('attestations', answers.listedTrace),
      },
      'GET /v1/audit': {
        id: 'listAudit',
        summary: 'List who did what, the newest first',
        answers: pageOf('entries', answers.auditEntry),
      },
      'GET /v1/audit/verify': {
        id: 'verifyAudit',
        summary: 'Verify that the audit log holds everything, unchanged',
        answers: answers.auditVerdict,
      },
      'GET /v1/stats': {
        id: 'getStats',
        summary: 'Count how attestations ended, by what they were',
        answers: answers.stats,
      },
      'GET /v1/outcomes': {
        id: 'watchOutcomes',
        summary:
          'Watch what becomes of attestations at this node, as server-sent events; four streams at a time for each key',
        answers: { 200: { type: 'text/event-stream' } },
      },
      'GET /v1/attestations/:trace': {
        id: 'getTrace',
        summary: 'Get what is kept of a denial or malfunction',
        answers: answers.trace,
        problems: ['trace_not_found'],
      },
      'GET /v1/service': {
        id: 'getService',
        summary: 'Get how the service was started',
        answers: answers.serviceStatus,
      },
      'GET /v1/apps/:app/activity': {
        id: 'getActivity',
        summary: 'Get how often attestations were refused, and what evidence installations lack',
        answers: answers.appActivity,
      },
      'GET /v1/apps/:app/activity/builds': {
        id: 'listBuildActivity',
        summary: 'List when builds were last seen',
        answers: pageOf('builds', answers.buildActivity),
      },
    }),
    ...operations('operations', 'read', {
      'POST /v1/apps/:app/dry-run': {
        id: 'dryRun',
        summary:
          'Count what a policy would have made of the installations of the last days; it changes nothing',
        answers: answers.dryRun,
        problems: ['api_not_found', 'policy_not_found', 'policy_invalid', 'dry_run_running'],
        example: { policy: 'strict', since: '2026-11-20T00:00:00Z' },
      },
    }),
    ...operations('operations', 'support', {
      'GET /v1/apps/:app/bans': {
        id: 'listBans',
        summary: 'List the bans of an app',
        answers: pageOf('bans', answers.ban),
      },
      'POST /v1/apps/:app/bans': {
        id: 'addBan',
        summary:
          'Ban an installation, named by its key or as the tokens of an API do: its vouching key where it has one',
        answers: { 201: { json: answers.ban } },
        problems: ['api_not_found', 'anchor_is_batch'],
        example: {
          audience: 'https://api.example.com',
          installation: 'jyqLjCEIXAS42pGcPU7vvzI6e4V0tqJB0mKB19bQQLY',
          note: 'sells accounts',
          expires_at: '2027-02-28T00:00:00Z',
        },
      },
      'DELETE /v1/apps/:app/bans/:kind/:vouchingKey': {
        id: 'liftBan',
        summary: 'Lift a ban',
        answers: nothing,
        problems: ['ban_not_found'],
      },
    }),
    ...operations(
      'provisioning',
      'admin',
      Object.fromEntries(
        settings.flatMap(({ secret }) => (secret === undefined ? [] : [secretOperation(secret.name)])),
      ),
    ),
  }
}

function secretOperation(name: string): [route: string, Entry] {
  return [
    `PUT /v1/apps/:app/${name}`,
    {
      id: `put-${name}`.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      summary: `Give the app its ${name.replaceAll('-', ' ')}, which are sealed and never read back`,
      answers: nothing,
    },
  ]
}
