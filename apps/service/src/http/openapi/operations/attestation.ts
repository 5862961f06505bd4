import { paths } from '@assay/protocol'
import { z, type ZodType } from 'zod'
import * as answers from '@assay/protocol/schemas'
import { operations, type Operation } from './operation.ts'

const challengeProblems = [
  'app_not_registered',
  'build_not_registered',
  'build_retired',
  'build_below_minimum',
  'abi_not_registered',
  'audience_not_registered',
] as const

/** What SDKs call. */
export function attestationOperations(
  itemSchema: ZodType,
  attestationRequest: ZodType,
): Readonly<Record<string, Operation>> {
  return operations('attestation', 'anyone', {
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
  })
}
