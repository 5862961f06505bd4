import type { FastifyInstance } from 'fastify'
import { bootKeysChange, bootKeySet, bootKeysInput, systemName } from '@assay/protocol/schemas'
import { z } from 'zod'
import type { BootKeyUseCases } from '../../provisioning/boot-keys.usecases.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { nothing, pageOf } from '../endpoints/answers.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import { requestedPage, pageQuery } from '../input/queries.ts'

/** Bytes: a list of the largest size in base64, and what is said of it. */
const bodyLimit = 96 * 1024

const systemParams = z.strictObject({ system: z.string() })
const namedSystem = z.strictObject({ system: systemName })

/** Boot keys of systems that phones' makers did not sign. */
export function registerBootKeyRoutes(
  scope: FastifyInstance,
  bootKeys: BootKeyUseCases,
  authorisation: Authorisation,
): void {
  const endpoint = endpointsFor(scope, 'provisioning', authorisation)
  endpoint(
    {
      route: 'GET /v1/boot-keys',
      id: 'listBootKeys',
      summary: 'List the systems with boot keys of their own that may be let in',
      caller: 'read',
      query: pageQuery,
      answers: { 200: pageOf('sets', bootKeySet) },
    },
    ({ query }) => bootKeys.list(requestedPage(query)),
  )
  endpoint(
    {
      route: 'GET /v1/boot-keys/:system',
      id: 'getBootKeys',
      summary: 'Get the boot keys of a system',
      caller: 'read',
      params: systemParams,
      answers: { 200: bootKeySet },
      problems: ['boot_keys_not_found'],
    },
    ({ params }) => bootKeys.find(params.system),
  )
  endpoint(
    {
      route: 'PUT /v1/boot-keys/:system',
      id: 'putBootKeys',
      summary: 'Replace the boot keys of a system by those of a published list',
      caller: 'admin',
      params: namedSystem,
      body: bootKeysInput,
      example: {
        file: 'eyJ2ZXJpZmllZEJvb3RLZXlzIjpbIjVlNWU1ZTVlNWU1ZTVlNWU1ZTVlNWU1ZTVlNWU1ZTVlNWU1ZTVlNWU1ZTVlNWU1ZTVlNWU1ZTVlNWU1ZTVlNWUiXSwidGltZXN0YW1wIjoxNzc2NzA5NzcyfQ==',
        sha256: '33dd2d68e57a91f87659141f1f246a0d11e7dcd10d720bbc6dc23a3ef090bb2f',
        source: 'https://grapheneos.org/attestation.json',
      },
      answers: { 200: bootKeysChange },
      problems: ['boot_keys_invalid', 'boot_keys_digest_mismatch', 'boot_keys_older', 'boot_keys_full'],
    },
    ({ params, body }) => bootKeys.put(params.system, body),
    { bodyLimit },
  )
  endpoint(
    {
      route: 'DELETE /v1/boot-keys/:system',
      id: 'removeBootKeys',
      summary: 'Remove the boot keys of a system',
      caller: 'admin',
      params: systemParams,
      answers: nothing,
      problems: ['boot_keys_not_found'],
    },
    ({ params }) => bootKeys.remove(params.system),
  )
}
