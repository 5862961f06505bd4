import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, CompactSign, type JWK } from 'jose'
import { provenanceStatement, provenanceType, type ProvenanceParameters } from '@assay/protocol'
import { usageError } from '../faults/cli-error.ts'

/** Names the signer; pipelines that state more about themselves sign on their own. */
const builder = 'urn:assay:cli'

/** A key that provenance can be signed with. */
export interface ProvenanceKey {
  privateKey: KeyObject
  publicJwk: JWK
  algorithm: 'ES256' | 'Ed25519'
}

/** Reads a private key, P-256 or Ed25519, in PEM. @throws CliError, which quotes nothing of it */
export function readProvenanceKey(pem: string, file: string): ProvenanceKey {
  try {
    const privateKey = createPrivateKey(pem)
    const publicJwk = createPublicKey(privateKey).export({ format: 'jwk' }) as JWK
    const algorithm = algorithms.get(publicJwk.crv ?? '')
    if (algorithm !== undefined) return { privateKey, publicJwk, algorithm }
  } catch {
    // Said below, without what is in the file.
  }
  throw usageError(
    'CLI_PROVENANCE_KEY',
    `${file} holds no private key of P-256 or Ed25519 in PEM`,
    '`assay key add --provenance --name NAME --app APP` makes one.',
  )
}

const algorithms: ReadonlyMap<string, ProvenanceKey['algorithm']> = new Map([
  ['P-256', 'ES256'],
  ['Ed25519', 'Ed25519'],
])

/** A signed statement of what the release pipeline built. @param imageDigest hex SHA-256 of the code image */
export async function signProvenance(
  { privateKey, publicJwk, algorithm }: ProvenanceKey,
  parameters: ProvenanceParameters,
  imageDigest: string,
): Promise<string> {
  const statement = provenanceStatement(parameters, imageDigest, builder)
  return new CompactSign(Buffer.from(JSON.stringify(statement)))
    .setProtectedHeader({
      alg: algorithm,
      typ: provenanceType,
      cty: 'application/vnd.in-toto+json',
      kid: await calculateJwkThumbprint(publicJwk),
    })
    .sign(privateKey)
}
