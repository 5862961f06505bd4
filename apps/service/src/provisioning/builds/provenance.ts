import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK } from 'jose'
import { decodeStrictUtf8 } from '@assay/codec/text'
import {
  longestProvenance,
  parseStrictJson,
  provenanceType,
  type ProvenanceJwk,
  type ProvenanceParameters,
} from '@assay/protocol'
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

const algorithms: Readonly<Record<ProvenanceJwk['kty'], string>> = { EC: 'ES256', OKP: 'Ed25519' }

/**
 * Verifies the signature with a key that is registered for the app, and reads the statement. {@link checkProvenance}
 * checks that it is about this build once the file has been read.
 *
 * @throws ProblemError `provenance_invalid`
 */
export async function verifyProvenance(
  jws: string,
  app: string,
  apiKeys: Pick<ApiKeyStore, 'findProvenanceKey'>,
  now: number,
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
  if (!statement.success) throw invalidProvenance(statement.error)
  const { subject, predicate } = statement.data
  return {
    key: found.id,
    imageDigest: subject[0].digest.sha256,
    parameters: predicate.buildDefinition.externalParameters,
  }
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

/**
 * @param imageDigest of the code image in the uploaded file @throws ProblemError `provenance_invalid` if something
 * other than what is being registered was signed
 */
export function checkProvenance(
  provenance: VerifiedProvenance | undefined,
  imageDigest: string,
  build: ProvenanceParameters,
): void {
  if (provenance === undefined) return
  const { parameters } = provenance
  const isAbout =
    provenance.imageDigest === imageDigest &&
    parameters.app === build.app &&
    parameters.build === build.build &&
    parameters.base === build.base &&
    parameters.version_code === build.version_code
  if (!isAbout) throw invalidProvenance()
}

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

function invalidProvenance(cause?: unknown): ProblemError {
  return new ProblemError('provenance_invalid', { cause })
}
