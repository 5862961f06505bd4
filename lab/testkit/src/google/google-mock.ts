import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { misbehave, type Behaviour } from './http-behaviour.ts'
import { createPlayEndpoint, type PlayEndpoint } from './play-endpoint.ts'
import type { GooglePlay } from './play-integrity.ts'
import { createStatusList, type StatusList } from './status-list.ts'

export type GoogleEndpoint = 'statusList' | 'playIntegrity'

/** Google's servers, as far as a service asks them, on a port of this machine. */
export interface GoogleMock {
  readonly statusListUrl: string
  readonly statusList: StatusList
  /** Base URL of the Play Integrity API. */
  readonly playIntegrityUrl: string
  readonly playIntegrity: PlayEndpoint
  /** Sound by default. */
  behave(endpoint: GoogleEndpoint, behaviour: Behaviour): void
  /** Ends all connections, also those that wait for an answer. */
  close(): Promise<void>
}

type Responder = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

export interface GoogleMockOptions {
  /** Whose tokens the Play Integrity API decodes. Default: nobody's. */
  readonly play?: GooglePlay
}

export async function createGoogleMock({ play }: GoogleMockOptions = {}): Promise<GoogleMock> {
  const statusList = createStatusList()
  const playIntegrity = createPlayEndpoint(play)
  const behaviours = new Map<GoogleEndpoint, Behaviour>()
  const responders: Readonly<Record<GoogleEndpoint, Responder>> = {
    statusList: (request, response) => statusList.respond(request, response),
    playIntegrity: (request, response) => playIntegrity.respond(request, response),
  }
  const server = createServer((request, response) => {
    const endpoint = endpointOf(request)
    if (endpoint === undefined) return void response.writeHead(404).end()
    if (misbehave(behaviours.get(endpoint) ?? 'sound', response)) return
    void responders[endpoint](request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  return {
    statusListUrl: `${base}${paths.statusList}`,
    statusList,
    playIntegrityUrl: base,
    playIntegrity,
    behave: (endpoint, behaviour) => void behaviours.set(endpoint, behaviour),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const paths = { statusList: '/attestation/status' } as const

function endpointOf({ method, url = '' }: IncomingMessage): GoogleEndpoint | undefined {
  const { pathname } = new URL(url, 'http://localhost')
  if (method === 'GET' && pathname === paths.statusList) return 'statusList'
  return method === 'POST' && pathname.endsWith(':decodeIntegrityToken') ? 'playIntegrity' : undefined
}
