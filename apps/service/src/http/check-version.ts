import type { FastifyRequest } from 'fastify'
import { readWireVersion, wireVersions } from '@assay/protocol'
import { ProblemError } from '../faults/problem-error.ts'

/**
 * Refuses a version of the protocol that the service does not speak before the body is checked against the schema of
 * this version, so that an SDK of another version learns that and not that its request is malformed. Use as
 * `preValidation`.
 *
 * @throws ProblemError `version_unsupported`; what is not a version is for the schema
 */
export async function checkVersion({ body }: FastifyRequest): Promise<void> {
  if (readWireVersion(body) === 'unsupported')
    throw new ProblemError('version_unsupported', { supported: wireVersions })
}
