import {
  PlayIntegrityError,
  playIntegrity,
  playIntegrityContext,
  playIntegrityKeys,
} from '@assay/evidence/play-integrity'
import type { VectorFormat } from '../format/format.ts'
import { celList, judgeByPolicy, PolicyRefusal, type Forbidden } from '../format/policy.ts'
import { isRecord } from '../format/vector.ts'
import { listOf, textOf } from './vector-members.ts'

export const playIntegrityToken: VectorFormat = {
  async verify({ input, context, verifyAt }) {
    const forbidden = forbiddenBy(context['policy'])
    const now = Math.floor(Date.parse(verifyAt) / 1000)
    const isStandard = typeof context['requestHash'] === 'string'
    const [first = nothing, ...more] = listOf(context['certificateSha256Digests']).map((digest) =>
      Buffer.from(digest, 'base64url').toString('hex'),
    )
    const verifying = playIntegrityContext({
      ...playIntegrityKeys({
        decryption: textOf(context['decryptionKey']),
        verification: textOf(context['verificationKey']),
      }),
      commitment: Buffer.from(textOf(context[isStandard ? 'requestHash' : 'nonce']), 'utf8'),
      request: isStandard ? 'standard' : 'classic',
      now,
      apps: [{ platform: 'android', package: textOf(context['packageName']), signers: [first, ...more] }],
      // The product cannot switch the check off: `null` (not checked) becomes longer than any age.
      maxAgeSeconds: Number(context['maxAgeSeconds'] ?? 1e10),
    })
    const parsed = playIntegrity.parse({ format: playIntegrity.descriptor.name, token: input['token'] })
    const verified = await playIntegrity.verify(parsed, verifying)
    judgeByPolicy(verified, forbidden, now)
    return { ...verified.claims, packageName: verified.claims.package }
  },
  rejectCode: (error) =>
    error instanceof PlayIntegrityError || error instanceof PolicyRefusal ? error.code : undefined,
}

const play = 'evidence.play_integrity'

function forbiddenBy(policy: unknown): readonly Forbidden[] {
  if (!isRecord(policy)) throw new TypeError('the vector has no policy')
  const recognition = allowed(policy['appRecognition'])
  const licensing = allowed(policy['licensing'])
  const [verdict, licence] = [`${play}.appRecognitionVerdict`, `${play}.appLicensingVerdict`]
  return [
    ...(recognition === null
      ? []
      : [{ when: `!(${verdict} in ${celList(recognition)})`, reason: 'APP_NOT_RECOGNISED' } as const]),
    ...demanded(policy['deviceLabels']).map(
      (label) =>
        ({
          when: `!(${JSON.stringify(label)} in ${play}.deviceRecognitionVerdict)`,
          reason: 'DEVICE_INTEGRITY_MISSING',
        }) as const,
    ),
    ...(licensing === null
      ? []
      : [
          {
            when: `has(${licence}) ? !(${licence} in ${celList(licensing)}) : true`,
            reason: 'APP_NOT_LICENSED',
          } as const,
        ]),
  ]
}

/** A value that no token has: the product refuses empty lists. */
const nothing = '\0'

/** Not checked is written as null. An empty list allows nothing. */
function allowed(value: unknown): string[] | null {
  if (value === null || value === undefined) return null
  const list = listOf(value)
  return list.length === 0 ? [nothing] : list
}

/** None required is written as an empty list or as null. */
function demanded(value: unknown): string[] {
  return value === null || value === undefined ? [] : listOf(value)
}
