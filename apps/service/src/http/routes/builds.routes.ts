import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { headerNames, mediaTypes, type ApiKey } from '@assay/protocol'
import { buildQuery } from '@assay/protocol/schemas'
import { z } from 'zod'
import { appParams } from './apps.routes.ts'
import { pageAsked, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { BuildUseCases } from '../../provisioning/builds/builds.usecases.ts'

const buildParams = z.strictObject({ app: z.string(), build: z.string() })
const buildMediaTypes = [mediaTypes.apk, mediaTypes.aab, mediaTypes.apks, mediaTypes.ipa, mediaTypes.zip]
const nothing = z.strictObject({}).nullish()

interface BuildRouteOptions {
  builds: BuildUseCases
  authorisation: Authorisation
  /** Bytes of a file to register. */
  largest: number
}

export function registerBuildRoutes(
  instance: FastifyInstance,
  { builds, authorisation: { admin, registration, builds: reading }, largest }: BuildRouteOptions,
): void {
  const routes = instance.withTypeProvider<ZodTypeProvider>()
  routes.get(
    '/v1/apps/:app/builds',
    { onRequest: reading, schema: { params: appParams, querystring: pageQuery } },
    (request) => builds.list(request.params.app, pageAsked(request.query)),
  )
  routes.get(
    '/v1/apps/:app/builds/:build',
    { onRequest: reading, schema: { params: buildParams } },
    (request) => builds.get(request.params.app, request.params.build),
  )
  routes.post(
    '/v1/apps/:app/builds/:build/retire',
    { onRequest: admin, schema: { params: buildParams, body: nothing } },
    (request) => builds.retire(request.params.app, request.params.build),
  )
  routes.post(
    '/v1/apps/:app/builds/:build/activate',
    { onRequest: admin, schema: { params: buildParams, body: nothing } },
    (request) => builds.activate(request.params.app, request.params.build),
  )
  instance.register((files, _options, done) => {
    registerUpload(files, builds, registration, largest)
    done()
  })
}

/** In its own scope: here, and nowhere else, the body is a file that is read as it arrives. */
function registerUpload(
  files: FastifyInstance,
  builds: BuildUseCases,
  registration: Authorisation['registration'],
  largest: number,
): void {
  files.removeAllContentTypeParsers()
  files.addContentTypeParser(buildMediaTypes, (request, payload, done) => {
    const tooLarge = Number(request.headers['content-length'] ?? 0) > largest
    const problem = new ProblemError('body_too_large')
    done(tooLarge ? problem : null, payload)
  })
  files.withTypeProvider<ZodTypeProvider>().post(
    '/v1/apps/:app/builds',
    {
      config: { isFile: true },
      onRequest: registration,
      schema: { params: appParams, querystring: buildQuery },
    },
    async (request, reply) => {
      const { id, base, coverage, abis, version_code, ...flags } = request.query
      const { build, created } = await builds.add({
        app: request.params.app,
        mediaType: request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '',
        body: request.body as Readable,
        asked: {
          id,
          base,
          coverage,
          abis: abis === undefined ? undefined : [...new Set(abis.split(','))],
          allowDebuggable: flags.allow_debuggable === 'true',
          newSigner: flags.new_signer === 'true',
          newTeam: flags.new_team === 'true',
          allowDebugSigner: flags.allow_debug_signer === 'true',
          versionCode: version_code === undefined ? undefined : Number(version_code),
        },
        apiKey: request.apiKey as ApiKey,
        provenance: provenanceIn(request),
      })
      return reply.status(created ? 201 : 200).send(build)
    },
  )
}

/** @throws ProblemError if it comes twice, because it would be unclear which of the two counts */
function provenanceIn({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const value = headers[headerNames.provenance.toLowerCase()]
  if (Array.isArray(value)) throw new ProblemError('provenance_invalid')
  return value
}
