import { createPublicKey } from 'node:crypto'
import {
  AppAttestError,
  appAttestAnchor,
  appleAppAttest,
  appleAppAttestAssertion,
  appleAppAttestationRoot,
  assertionContext,
  attestationContext,
  intermediateCache,
  type AppAttestAnchor,
  type AppAttestEnvironment,
} from '@assay/evidence/apple-app-attest'
import type { VectorFormat } from '../format/format.ts'
import { celList, judgeByPolicy, PolicyRefusal, type Forbidden } from '../format/policy.ts'
import type { Vector } from '../format/vector.ts'
import { base64ToBase64url, bytesOf, listOf, textOf } from './vector-members.ts'

const rejectCode = (error: unknown): string | undefined =>
  error instanceof AppAttestError || error instanceof PolicyRefusal ? error.code : undefined

export const appleAttestation: VectorFormat = {
  async verify({ input, context, trust, verifyAt }) {
    const parsed = appleAppAttest.parse({
      format: appleAppAttest.descriptor.name,
      key_id: base64ToBase64url(input['keyId']),
      attestation: base64ToBase64url(input['attestation']),
    })
    const verified = await appleAppAttest.verify(
      parsed,
      attestationContext({
        ...expectation(context),
        now: secondsOf(verifyAt),
        anchors: anchorsOf(trust),
        environments: environmentsOf(context),
        intermediates: intermediateCache(),
        system: 'ios',
      }),
    )
    judgeByPolicy(verified, forbiddenBy(context, 'apple_app_attest'), secondsOf(verifyAt))
    return { ...verified.claims }
  },
  rejectCode,
}

export const appleAssertion: VectorFormat = {
  async verify({ input, context, verifyAt }) {
    const parsed = appleAppAttestAssertion.parse({
      format: appleAppAttestAssertion.descriptor.name,
      assertion: base64ToBase64url(input['assertion']),
    })
    const verified = await appleAppAttestAssertion.verify(
      parsed,
      assertionContext({
        ...expectation(context),
        key: createPublicKey({ key: bytesOf(context['publicKey']), format: 'der', type: 'spki' }),
        previousCounter: Number(context['previousCounter']),
      }),
    )
    judgeByPolicy(verified, forbiddenBy(context, 'apple_app_attest_assertion'), secondsOf(verifyAt))
    return { ...verified.claims }
  },
  rejectCode,
}

function expectation(context: Vector['context']) {
  return {
    commitment: expectedHash(context['clientDataHash']),
    apps: filled(listOf(context['appIds'])).map((appId) => ({ platform: 'ios' as const, appId })),
  }
}

/** Categories that are required are stated, and among them. */
function forbiddenBy(
  { validationCategories: categories }: Vector['context'],
  identifier: string,
): readonly Forbidden[] {
  if (!Array.isArray(categories)) return []
  const claim = `evidence.${identifier}.validationCategory`
  const allowed = celList(categories.length === 0 ? [-1] : categories.map(Number))
  return [{ when: `has(${claim}) ? !(${claim} in ${allowed}) : true`, reason: 'APP_SIGNATURE_UNUSUAL' }]
}

function secondsOf(verifyAt: string): number {
  return Math.floor(Date.parse(verifyAt) / 1000)
}

/**
 * It may have any length. The product refuses an empty expectation, so an empty one becomes a value that no app
 * passes.
 */
function expectedHash(base64: unknown): Buffer {
  const bytes = bytesOf(base64)
  return bytes.length === 0 ? Buffer.of(0) : bytes
}

/** The product refuses empty lists, so one that allows nothing holds a value that no evidence has. */
function filled(list: string[]): string[] {
  return list.length === 0 ? ['\0'] : list
}

/** `null` means not checked, which is both of them. */
function environmentsOf({ environments }: Vector['context']): AppAttestEnvironment[] {
  return environments === null
    ? ['production', 'development']
    : (listOf(environments) as AppAttestEnvironment[])
}

function anchorsOf({ anchors }: Vector['trust']): AppAttestAnchor[] {
  if (anchors === 'apple') return [appAttestAnchor(appleAppAttestationRoot.name, appleAppAttestationRoot.pem)]
  return listOf(anchors).map((pem, index) => appAttestAnchor(`anchor ${index + 1}`, textOf(pem)))
}
