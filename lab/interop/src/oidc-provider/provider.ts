import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from '../core/foreign-world.ts'
import { listen, type Listening } from '../subject/resources.ts'
import type { AssayHook } from './hook.ts'

/** A version of oidc-provider, and its names. */
export interface ProviderVersion {
  readonly version: string
  /** The draft that it implements. */
  readonly draft: 'draft-10' | 'draft-12'
}

/** How the client authenticates. */
export type Method = 'attest_jwt_client_auth' | 'attest_jwt_client_auth_dpop'

interface Provider {
  callback(): RequestListener
}

/** Starts a provider with one client: the app. Its URL is its issuer, and the audience of tokens for it. */
export async function startProvider(
  folder: string,
  { draft }: ProviderVersion,
  method: Method,
  hookFor: (url: string) => Partial<AssayHook>,
): Promise<Listening> {
  const file = path.join(folder, 'node_modules/oidc-provider/lib/index.js')
  const { Provider } = (await import(pathToFileURL(file).href)) as {
    Provider: new (issuer: string, configuration: object) => Provider
  }
  let listener: RequestListener = (_request, response) => response.writeHead(503).end()
  const server = await listen((request, response) => listener(request, response))
  const { url } = server
  const client = {
    client_id: app,
    token_endpoint_auth_method: method,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  }
  const provider = new Provider(url, {
    clients: [client],
    clientAuthMethods: [method],
    ttl: { ClientCredentials: 600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true, nonceSecret: randomBytes(32) },
      attestClientAuth: { enabled: true, ack: draft, challengeSecret: randomBytes(32), ...hookFor(url) },
    },
  })
  listener = provider.callback()
  return server
}
