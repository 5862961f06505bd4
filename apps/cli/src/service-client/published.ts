import { paths, type Jwks } from '@assay/protocol'
import { cliError } from '../faults/cli-error.ts'
import type { Look, ServiceClient } from './service-client.ts'

/** What a service publishes. */
export interface Published {
  issuer: string
  jwks: Jwks
  /** The answer with the keys, for its times. */
  look: Look
}

function isKey(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { kid?: unknown }).kid === 'string'
}

/** @throws CliError if it is not available, or is not what a service publishes */
export async function readPublished({ look }: Pick<ServiceClient, 'look'>): Promise<Published> {
  const metadata = (await look(paths.metadata.slice(1))).value as { issuer?: unknown } | null
  const answer = await look(paths.jwks.slice(1))
  const jwks = answer.value as Partial<Jwks> | null
  const issuer = metadata?.issuer
  if (typeof issuer !== 'string' || !Array.isArray(jwks?.keys) || !jwks.keys.every(isKey)) {
    throw cliError('CLI_SERVICE_ANSWER', 'The metadata of the service has no issuer or no keys', {
      hint: 'Is --server or ASSAY_URL the address of the attestation service itself?',
    })
  }
  return { issuer, jwks: { keys: jwks.keys }, look: answer }
}
