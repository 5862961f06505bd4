import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK } from 'jose'
import { decodeStrictUtf8 } from '@assay/codec/text'
import {
  longestProvenance,
  parseStrictJson,
  provenanceType,
  type FaultyPlace,
  type ProvenanceJwk,
  type ProvenanceParameters,
} from '@assay/protocol'
import type { z } from 'zod'
import { signedProvenance } from '@assay/protocol/schemas'
import { ProblemError } from '../../faults/problem-error.ts'
import type { ApiKeyStore } from '../model/ports.ts'

/** What a registered key has signed. Only {@link verifyProvenance} creates it. */
export interface VerifiedProvenance {
  /** Id of the key. */
  readonly key: string
  readonly imageDigest: string
  readonly parameters: Readonly<ProvenanceParameters>
}

/** Where and when a statement must hold. */
export interface ProvenanceExpectation {
  app: string
  /** Public URL of this service. */
  issuer: string
  /** Milliseconds since 1970. */
  now: number
}

/** Seconds by which the clock of a pipeline may be ahead. */
const skew = 300

const algorithms: Readonly<Record<ProvenanceJwk['kty'], string>> = { EC: 'ES256', OKP: 'Ed25519' }

/**
 * Verifies the signature with a key that is registered for the app, and reads the statement. {@link checkProvenance}
 * checks that it is about this build once the file has been read.
 *
 * @throws ProblemError `provenance_invalid`
 */
export async function verifyProvenance(
  jws: string,
  { app, issuer, now }: ProvenanceExpectation,
  apiKeys: Pick<ApiKeyStore, 'findProvenanceKey'>,
): Promise<VerifiedProvenance> {
  if (jws.length > longestProvenance) throw invalidProvenance()
  const { typ, kid } = headerOf(jws)
  const found =
    typ === provenanceType && typeof kid === 'string'
      ? await apiKeys.findProvenanceKey(app, kid, now)
      : undefined
  if (found === undefined) throw invalidProvenance()
  const payload = await payloadOf(jws, found.publicKey)
  const parsed = parseStrictJson(decodeStrictUtf8(payload) ?? '', {
    maxLength: longestProvenance,
    maxDepth: 8,
  })
  const statement = signedProvenance.safeParse(parsed.ok ? parsed.value : undefined)
  if (!statement.success) throw unfit(...placesOf(statement.error))
  const { subject, predicate } = statement.data
  const parameters = predicate.buildDefinition.externalParameters
  if (parameters.issuer !== issuer) throw unfit({ pointer: '/issuer', code: 'other' })
  if (parameters.iat > now / 1000 + skew) throw unfit({ pointer: '/iat', code: 'future' })
  if (parameters.exp <= now / 1000) throw unfit({ pointer: '/exp', code: 'expired' })
  return { key: found.id, imageDigest: subject[0].digest.sha256, parameters }
}

/** JWK thumbprint (RFC 7638) of a key for provenance, by which its signatures name it. */
export function provenanceKeyName(key: ProvenanceJwk): Promise<string> {
  return calculateJwkThumbprint(key)
}

/** Whether the key is valid: its coordinates are on the curve. */
export async function isProvenanceKey(key: ProvenanceJwk): Promise<boolean> {
  try {
    await importJWK({ ...key }, algorithms[key.kty])
    return true
  } catch {
    return false
  }
}

/** What a statement says about the build that is registered, beside the digest of its code image. */
export type ProvenBuild = Omit<ProvenanceParameters, 'issuer' | 'iat' | 'exp'>

/**
 * @param imageDigest of the code image in the uploaded file @throws ProblemError `provenance_invalid` if something
 * other than what is being registered was signed
 */
export function checkProvenance(
  provenance: VerifiedProvenance | undefined,
  imageDigest: string,
  build: ProvenBuild,
): void {
  if (provenance === undefined) return
  const { parameters } = provenance
  const others = comparedMembers.filter(
    (name) => JSON.stringify(parameters[name]) !== JSON.stringify(build[name]),
  )
  const places = others.map((name) => ({ pointer: `/${name}`, code: 'other' }))
  if (provenance.imageDigest !== imageDigest) places.push({ pointer: '/subject', code: 'other' })
  if (places.length > 0) throw unfit(...places)
}

const comparedMembers = [
  'app',
  'build',
  'version_code',
  'base',
  'coverage',
  'abis',
  'variant',
  'channel',
  'difference_until',
] as const

function headerOf(jws: string): { typ?: unknown; kid?: unknown } {
  try {
    return decodeProtectedHeader(jws)
  } catch (cause) {
    throw invalidProvenance(cause)
  }
}

async function payloadOf(jws: string, publicKey: ProvenanceJwk): Promise<Uint8Array> {
  try {
    const algorithm = algorithms[publicKey.kty]
    const key = await importJWK({ ...publicKey }, algorithm)
    return (await compactVerify(jws, key, { algorithms: [algorithm] })).payload
  } catch (cause) {
    throw invalidProvenance(cause)
  }
}

/** Signed by the pipeline itself, so that it may learn what does not fit. */
function unfit(...errors: FaultyPlace[]): ProblemError {
  return new ProblemError('provenance_invalid', { errors })
}

/** Only where: members that nobody knows are named by the caller. */
function placesOf({ issues }: z.ZodError): FaultyPlace[] {
  return issues.map(({ path, code }) => ({ pointer: path.map((part) => `/${String(part)}`).join(''), code }))
}

function invalidProvenance(cause?: unknown): ProblemError {
  return new ProblemError('provenance_invalid', { cause })
}
