import { paths } from '@assay/protocol'
import { z } from 'zod'
import * as answers from '@assay/protocol/schemas'
import { nothing, operations, pageOf, type Operation } from './operation.ts'

/** Health, keys, past events, bans and test devices. */
export const operatingOperations: Readonly<Record<string, Operation>> = {
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
        'Watch the outcomes of attestations at this node, as server-sent events; four streams at a time for each key',
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
      problems: ['api_not_found', 'vouching_key_is_batch'],
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
}
