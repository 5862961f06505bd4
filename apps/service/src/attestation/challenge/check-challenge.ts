import { verify, type KeyObject } from 'node:crypto'
import { isNoPoint, p256PublicKey } from '@assay/codec/ec'
import {
  challengeFlags,
  challengeLifetime,
  challengePurposes,
  clientDataSigningInput,
  decodeBase64urlOfLength,
  pointOf,
  decodeChallenge,
  tokenKinds,
  variantInFlags,
  type ChallengeHead,
  type TokenKind,
} from '@assay/protocol'
import type { ChallengeKeys } from './challenge-keys.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { ReadClientData } from '../model/read-client-data.ts'

/** Bytes. */
const challengeLength = 48

/** A challenge that this service issued. */
export interface CheckedChallenge extends ChallengeHead {
  /** Names the key that authenticated it. */
  keyId: string
}

/**
 * Checks that this service issued the challenge for this app, build, key, plan and purpose, and recently.
 *
 * @throws ProblemError `challenge_malformed`, `challenge_invalid`, `challenge_outdated`, `challenge_expired`,
 * `challenge_wrong_purpose`
 */
export async function checkChallenge(
  { clientData, plan, thumbprint }: ReadClientData,
  challengeKeys: Pick<ChallengeKeys, 'authenticate'>,
): Promise<CheckedChallenge> {
  const challenge = decodeChallenge(clientData.challenge)
  if (challenge === undefined) throw new ProblemError('challenge_malformed')
  const { app, build } = clientData
  const { head } = challenge
  // A key that is itself attested is created after the challenge, so the challenge cannot name it.
  const key = isOneKey(head) ? '' : thumbprint
  if (plan.isNamed !== isPlanNamed(head)) throw new ProblemError('challenge_invalid')
  const stated = plan.isNamed ? { plan: plan.digest, abi: plan.abi } : { plan: plan.bytes }
  const { keyId, now } = await challengeKeys.authenticate(challenge, { app, build, key, ...stated })
  if (now >= expiryOf(head)) throw new ProblemError('challenge_expired')
  if (head.purpose !== challengePurposes.attestation && !isOneKey(head))
    throw new ProblemError('challenge_wrong_purpose')
  return { keyId, ...head }
}

/** Whether the challenge was issued for a key that is both installation key and vouching key. */
export function isOneKey({ purpose }: ChallengeHead): boolean {
  return purpose === challengePurposes.oneKey
}

/** Whether the client said that it would refresh. */
export function isRefresh({ flags }: ChallengeHead): boolean {
  return (flags & challengeFlags.refresh) !== 0
}

/** Whether client data states the plan by its digest. */
function isPlanNamed({ flags }: ChallengeHead): boolean {
  return (flags & challengeFlags.namedPlan) !== 0
}

/** The kinds of token that the client said it can send. */
export function tokenKindsOf({ flags }: ChallengeHead): readonly TokenKind[] {
  return (flags & challengeFlags.accessTokens) === 0 ? ['attestation'] : tokenKinds
}

/** The number of the variant that the challenge was issued for. */
export function variantNumberOf({ flags }: ChallengeHead): number {
  return variantInFlags(flags)
}

/** The 48 bytes of a checked challenge. */
export function challengeOf({ clientData }: ReadClientData): Uint8Array {
  const bytes = decodeBase64urlOfLength(clientData.challenge, challengeLength)
  if (bytes === undefined) throw new Error('the challenge was not checked')
  return bytes
}

/** Milliseconds since 1970. */
export function expiryOf({ issuedAt }: ChallengeHead): number {
  return (issuedAt + challengeLifetime) * 1000
}

/** @throws ProblemError `client_data_malformed` if the installation key is not a point on the curve */
export async function importKey({ key }: ReadClientData): Promise<KeyObject> {
  try {
    return await p256PublicKey(pointOf(key))
  } catch (cause) {
    throw isNoPoint(cause) ? new ProblemError('client_data_malformed', { cause }) : cause
  }
}

/**
 * Checks that the holder of the installation key signed the client data.
 *
 * @param key what `importKey` made of it
 * @throws ProblemError `client_data_signature_invalid`
 */
export function checkSignature({ bytes }: ReadClientData, key: KeyObject, signature: string): void {
  const given = decodeBase64urlOfLength(signature, 64)
  const holds =
    given !== undefined &&
    verify('sha256', clientDataSigningInput(bytes), { key, dsaEncoding: 'ieee-p1363' }, given)
  if (!holds) throw new ProblemError('client_data_signature_invalid')
}
