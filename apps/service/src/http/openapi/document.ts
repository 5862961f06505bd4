import type { ApiKeyScope } from '@assay/protocol'
import { tags } from '../endpoints/endpoint.ts'
import { namedSchemas, type Json } from './forms.ts'
import { checkedRoutes, type RegisteredRoute } from './mismatches.ts'
import { operationOf, templateOf } from './operation.ts'

const scopes: Readonly<Record<Exclude<ApiKeyScope, 'provenance'>, string>> = {
  admin: 'may do everything',
  read: 'looks at everything that operators see',
  support: 'looks, and bans installations',
  policy: 'looks, changes policies, and lets test devices through',
  registration: 'adds and lists builds of its own apps',
}

const notes = `Every error is a problem document (RFC 9457) whose \`code\` is stable. Limits that no schema can state are in docs/protocol.md.`

/**
 * The OpenAPI document of the service, from its routes and what they declare.
 *
 * @throws Error for a route without a declaration, or with one that does not fit it
 */
export function openapiDocument(routes: readonly RegisteredRoute[], publicUrl: string): Json {
  const paths: Record<string, Json> = {}
  for (const { method, url, endpoint } of checkedRoutes(routes)) {
    const path = (paths[templateOf(url)] ??= {})
    path[method.toLowerCase()] = operationOf(url, endpoint)
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Assay attestation service',
      version: '1',
      description: notes,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    tags,
    paths,
    components: {
      schemas: namedSchemas(),
      headers: {
        trace: {
          description: 'Names the exchange to the operator.',
          required: true,
          schema: { type: 'string' },
        },
        retryAfter: { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } },
      },
      securitySchemes: Object.fromEntries(
        Object.entries(scopes).map(([scope, does]) => [
          scope,
          { type: 'http', scheme: 'bearer', description: `An API key of scope \`${scope}\`, which ${does}.` },
        ]),
      ),
    },
  }
}
