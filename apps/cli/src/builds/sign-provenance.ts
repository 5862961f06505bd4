import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, CompactSign, type JWK } from 'jose'
import {
  isAudience,
  longestProvenanceLife,
  provenanceStatement,
  provenanceType,
  type ProvenanceParameters,
} from '@assay/protocol'
import type { Context } from '../command-line/context.ts'
import { usageError } from '../faults/cli-error.ts'
import { readPublished } from '../service-client/published.ts'

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

/**
 * The service that a statement is for. What it says of itself counts only if it says the address that was asked:
 * otherwise a service for tests could have statements signed that another one accepts.
 *
 * @param requested by an option
 */
export async function issuerOf(
  { service, server }: Pick<Context, 'service' | 'server'>,
  requested: string | undefined,
): Promise<string> {
  if (requested !== undefined) {
    if (!isAudience(requested) || requested.endsWith('/'))
      throw usageError('CLI_USAGE', '--issuer is no URL in its normal form', 'No slash at its end.')
    return requested
  }
  const { issuer } = await readPublished(service)
  if (`${issuer}/` === server.href) return issuer
  throw usageError(
    'CLI_PROVENANCE_ISSUER',
    `The service at ${server.href} says that its public URL is ${issuer}`,
    `If that is the service that shall accept the build, pass --issuer ${issuer}.`,
  )
}

/** What is signed, beside the times. */
type Statement = Omit<ProvenanceParameters, 'iat' | 'exp'>

/**
 * A signed statement of what the release pipeline built.
 *
 * @param imageDigest hex SHA-256 of the code image @param now milliseconds since 1970
 */
export async function signProvenance(
  { privateKey, publicJwk, algorithm }: ProvenanceKey,
  about: Statement,
  imageDigest: string,
  now: number,
): Promise<string> {
  const iat = Math.floor(now / 1000)
  const times = { iat, exp: iat + longestProvenanceLife }
  const parameters = { ...about, ...times }
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
