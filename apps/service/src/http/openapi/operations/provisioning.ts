import { mediaTypes } from '@assay/protocol'
import type { SchemeSettings } from '@assay/evidence'
import { z } from 'zod'
import * as answers from '@assay/protocol/schemas'
import { nothing, operations, pageOf, type Entry, type Operation } from './operation.ts'

const apiProblems = ['app_not_found', 'policy_not_found', 'api_not_found'] as const

// An API has two paths: by its audience in the query, and by its audience in the path.
const updateApi = {
  summary: 'Change an API: members that are left out stay',
  answers: answers.api,
  problems: apiProblems,
  example: { enforcement: 'enforce' },
}
const removeApi = { summary: 'Remove an API', answers: nothing, problems: ['api_not_found'] } as const

/** Apps, builds, APIs and policies. Schemes add what their settings need. */
export function provisioningOperations(
  settings: readonly SchemeSettings[],
): Readonly<Record<string, Operation>> {
  return {
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
