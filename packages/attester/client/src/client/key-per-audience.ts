import { invalidArgument } from '@assay/protocol'
import type { AssayClient } from './client.ts'
import { allowInsecureRequests, type ClientOptions } from '../options/options.ts'
import type { KeyStore } from '../runtime/ports.ts'
import { parserOf } from '../url/plain-url.ts'
import { readProtectedUrls } from '../url/protected-urls.ts'

/** Gives each audience the key store of its own installation. Called once for each. */
export type KeyPerAudience = (audience: string) => KeyStore

type Audiences = ClientOptions['audiences']

type Given = Pick<
  ClientOptions,
  'audiences' | 'authorizationServers' | 'baseUrl' | 'fetch' | 'parseUrl' | typeof allowInsecureRequests
>

/**
 * One client that is a separate installation for each audience: APIs that compare tokens see different keys. The
 * service still sees one device, by the evidence that vouches for each key.
 *
 * @param clientFor makes the client of one audience; with only that one in its options
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`)
 */
export function createClientPerAudience(
  options: Given,
  clientFor: (audience: string, options: Pick<Given, 'audiences' | 'authorizationServers'>) => AssayClient,
): AssayClient {
  const {
    audiences,
    authorizationServers = [],
    baseUrl,
    fetch,
    parseUrl = parserOf(globalThis.URL),
  } = options
  const clients = new Map<string, AssayClient>()
  for (const audience of new Set(Object.values(audiences)))
    clients.set(
      audience,
      clientFor(audience, {
        audiences: only(audience, audiences),
        authorizationServers: authorizationServers.filter((each) => each === audience),
      }),
    )
  const all = [...clients.values()]
  // Over all of them: `/v1/payments` may belong to an audience other than that of `/v1`.
  const audienceOf = readProtectedUrls(parseUrl, audiences, options[allowInsecureRequests] === true)
  const clientOf = (text: string): AssayClient | undefined => {
    const url = parseUrl(text, baseUrl)
    const audience = url && audienceOf(url)
    return audience === undefined ? undefined : clients.get(audience)
  }
  return {
    async getToken(audience = all.length === 1 ? [...clients.keys()][0] : undefined, options) {
      const client = audience === undefined ? undefined : clients.get(audience)
      if (client === undefined) throw invalidArgument('audience: missing or wrong')
      return client.getToken(audience, options)
    },
    fetch: async (input, init) => {
      const text = input instanceof Request ? input.url : `${input}`
      return (clientOf(text)?.fetch ?? fetch)(input, init)
    },
    async proof(request) {
      const client = clientOf(`${request.url}`)
      if (client === undefined) throw invalidArgument('url: missing or wrong')
      return client.proof(request)
    },
    setReference: (reference) => all.forEach((client) => client.setReference(reference)),
    on(name, listener) {
      const ends = all.map((client) => client.on(name, listener))
      return () => ends.forEach((end) => end())
    },
    wake: () => all.forEach((client) => client.wake()),
    close: () => all.forEach((client) => client.close()),
  }
}

function only(audience: string, audiences: Audiences): Audiences {
  return Object.fromEntries(Object.entries(audiences).filter(([, each]) => each === audience))
}
