import {
  PlayIntegrityError,
  playIntegrity,
  playIntegrityContext,
  playIntegrityKeys,
} from '@assay/evidence/play-integrity'
import type { VectorFormat } from '../format.ts'
import { isRecord } from '../vector.ts'
import { listOf, textOf } from './vector-members.ts'

export const playIntegrityToken: VectorFormat = {
  async verify({ input, context, verifyAt }) {
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
      now: Math.floor(Date.parse(verifyAt) / 1000),
      apps: [{ platform: 'android', package: textOf(context['packageName']), signers: [first, ...more] }],
      // The product has no switch for it: null, not checked, becomes longer than anything.
      maxAgeSeconds: Number(context['maxAgeSeconds'] ?? 1e10),
      testResponses: 'refuse',
      requirements: requirementsOf(context['policy']),
    })
    const parsed = playIntegrity.parse({ format: playIntegrity.descriptor.name, token: input['token'] })
    const { claims } = await playIntegrity.verify(parsed, verifying)
    return { ...claims, packageName: claims.package }
  },
  rejectCode: (error) => (error instanceof PlayIntegrityError ? error.code : undefined),
}

function requirementsOf(policy: unknown) {
  if (!isRecord(policy)) throw new TypeError('the vector has no policy')
  return {
    appRecognition: allowed(policy['appRecognition']),
    deviceLabels: demanded(policy['deviceLabels']),
    licensing: allowed(policy['licensing']),
  }
}

/** What no token says. The product has no empty lists. */
const nothing = '\0'

/** Not checked is written as null. An empty list allows nothing. */
function allowed(value: unknown): string[] | null {
  if (value === null || value === undefined) return null
  const list = listOf(value)
  return list.length === 0 ? [nothing] : list
}

/** None demanded is written as an empty list or as null. */
function demanded(value: unknown): string[] | null {
  const list = value === null || value === undefined ? [] : listOf(value)
  return list.length === 0 ? null : list
}
