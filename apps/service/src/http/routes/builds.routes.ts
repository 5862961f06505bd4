import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { headerNames, mediaTypes } from '@assay/protocol'
import { buildPatch, buildQuery, build, buildSummary, imageQuery, type ApiKey } from '@assay/protocol/schemas'
import { z } from 'zod'
import { appParams } from './apps.routes.ts'
import { requestedPage, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { nothing, pageOf } from '../endpoints/answers.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { BuildUseCases } from '../../provisioning/builds/builds.usecases.ts'

const buildParams = z.strictObject({ app: z.string(), build: z.string() })
const buildMediaTypes = [mediaTypes.apk, mediaTypes.aab, mediaTypes.apks, mediaTypes.ipa, mediaTypes.zip]
const noBody = z.strictObject({}).nullish()

interface BuildRouteOptions {
  builds: BuildUseCases
  authorisation: Authorisation
  /** Bytes of a file to register. */
  largest: number
}

export function registerBuildRoutes(scope: FastifyInstance, options: BuildRouteOptions): void {
  const { builds, authorisation } = options
  const endpoint = endpointsFor(scope, 'provisioning', authorisation)
  endpoint(
    {
      route: 'GET /v1/apps/:app/builds',
      id: 'listBuilds',
      summary: 'List the builds of an app',
      caller: 'builds',
      isLarge: true,
      params: appParams,
      query: pageQuery,
      answers: { 200: pageOf('builds', buildSummary) },
    },
    ({ params, query }) => builds.list(params.app, requestedPage(query)),
  )
  endpoint(
    {
      route: 'GET /v1/apps/:app/builds/:build',
      id: 'getBuild',
      summary: 'Get a build with its segments',
      caller: 'builds',
      params: buildParams,
      query: imageQuery,
      answers: { 200: build },
    },
    ({ params, query }) => builds.get(params.app, params.build, query.variant),
  )
  endpoint(
    {
      route: 'POST /v1/apps/:app/builds/:build/retire',
      id: 'retireBuild',
      summary: 'Retire a build, which can be taken back for 30 days; or end one of its variants',
      caller: 'admin',
      params: buildParams,
      query: imageQuery,
      body: noBody,
      answers: { 200: build },
      problems: ['variant_refused'],
    },
    ({ params, query }) => builds.retire(params.app, params.build, query.variant),
  )
  endpoint(
    {
      route: 'POST /v1/apps/:app/builds/:build/restore',
      id: 'restoreBuild',
      summary: 'Take back that a build was retired, for 30 days',
      caller: 'admin',
      params: buildParams,
      body: noBody,
      answers: { 200: build },
      problems: ['build_retired'],
    },
    ({ params }) => builds.restore(params.app, params.build),
  )
  endpoint(
    {
      route: 'POST /v1/apps/:app/builds/:build/activate',
      id: 'activateBuild',
      summary: 'Let a pending build attest, or a pending variant',
      caller: 'admin',
      params: buildParams,
      query: imageQuery,
      body: noBody,
      answers: { 200: build },
      problems: ['build_retired', 'variant_refused'],
    },
    ({ params, query }) => builds.activate(params.app, params.build, query.variant),
  )
  endpoint(
    {
      route: 'PATCH /v1/apps/:app/builds/:build',
      id: 'updateBuild',
      summary: 'Change for whom a build is, and until when it gets tokens',
      caller: 'admin',
      params: buildParams,
      body: buildPatch,
      example: { expires_at: '2027-12-31T00:00:00Z' },
      answers: { 200: build },
    },
    ({ params, body }) => builds.update(params.app, params.build, body),
  )
  endpoint(
    {
      route: 'DELETE /v1/apps/:app/builds/:build',
      id: 'removeBuild',
      summary: 'Remove a build with which nobody has attested',
      caller: 'admin',
      params: buildParams,
      answers: nothing,
      problems: ['build_in_use'],
    },
    ({ params }) => builds.remove(params.app, params.build),
  )
  scope.register((files, _options, done) => {
    registerUpload(files, options)
    done()
  })
}

/** In its own scope: here, and nowhere else, the body is a file that is read as it arrives. */
function registerUpload(scope: FastifyInstance, { builds, authorisation, largest }: BuildRouteOptions): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(buildMediaTypes, (request, payload, done) => {
    const tooLarge = Number(request.headers['content-length'] ?? 0) > largest
    const problem = new ProblemError('body_too_large')
    done(tooLarge ? problem : null, payload)
  })
  endpointsFor(
    scope,
    'provisioning',
    authorisation,
  )(
    {
      route: 'POST /v1/apps/:app/builds',
      id: 'addBuild',
      summary: 'Register a build: the file itself, as it is released',
      caller: 'registration',
      params: appParams,
      query: buildQuery,
      files: buildMediaTypes,
      answers: { 200: build, 201: build },
      problems: [
        'build_exists',
        'build_not_found',
        'build_refused',
        'build_debuggable',
        'build_platform_mismatch',
        'package_mismatch',
        'signer_not_registered',
        'signer_new',
        'team_not_registered',
        'team_new',
        'build_debug_signer',
        'provenance_invalid',
        'builds_pending_full',
        'build_retired',
        'variant_refused',
      ],
    },
    async (request) => {
      const { id, base, coverage, abis, channel, version_code, variant, replace, ...more } = request.query
      const { expires_at: expiresAt, difference_until: differenceUntil, ...flags } = more
      const added = await builds.add({
        app: request.params.app,
        mediaType: request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '',
        body: request.body as Readable,
        requested: {
          id,
          base,
          variant,
          replace,
          coverage,
          channel,
          expiresAt,
          differenceUntil,
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
      return { status: added.created ? 201 : 200, body: added.build }
    },
  )
}

/** @throws ProblemError if it comes twice, because it would be unclear which of the two counts */
function provenanceIn({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const value = headers[headerNames.provenance.toLowerCase()]
  if (Array.isArray(value)) throw new ProblemError('provenance_invalid')
  return value
}
