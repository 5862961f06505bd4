import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import type { AdmittedRequest, Decision, Guard, Refusal } from '@assay/guard'
import {
  checkConfig,
  createProxy,
  readConfig,
  Secrets,
  type Exchange,
  type Meter,
  type Opening,
  type Proxy,
  type Reservation,
  type SecretEvent,
} from '@assay/proxy'

/** What the app must never learn. */
export const secret = 'sk-upstream-0123456789'

export interface ReceivedRequest {
  method: string
  url: string
  /** Names and values in turn, as they came. */
  fields: string[]
  body: string
}

export interface Upstream {
  url: string
  received: ReceivedRequest[]
  server: Server
  close(): Promise<void>
}

/** An API that demands nothing and records everything. */
export async function startUpstream(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void = (_request, response) =>
    void response.end('served'),
): Promise<Upstream> {
  const received: ReceivedRequest[] = []
  const listener: RequestListener = (request, response) => {
    textOf(request).then(
      (body) => {
        const { method = '', url = '', rawHeaders } = request
        received.push({ method, url, fields: rawHeaders, body })
        answer(request, response, body)
      },
      () => undefined,
    )
  }
  const server = createServer(listener)
  const url = await listening(server)
  return { url, received, server, close: () => closed(server) }
}

export async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise<void>((resolve) => server.close(() => resolve()))
}

/** A guard that decides always the same; its rules are tested in its own package. */
export function guardThat(decision: Decision): Guard & { asked: number; routes: unknown[] } {
  const guard = {
    asked: 0,
    routes: [] as unknown[],
    singleUse: 'once' as const,
    verify: async () => {
      guard.asked += 1
      return Promise.resolve(decision)
    },
    ready: () => Promise.resolve(undefined),
    forRoute: (callers: Parameters<Guard['forRoute']>[0]) => {
      guard.routes.push(callers)
      return guard
    },
  }
  return guard
}

export const admitted = {
  ok: true,
  app: 'com.example.app',
  installation: 'installation-1',
  tier: 'affirming',
  headers: {},
} as unknown as AdmittedRequest

export const refusedByGuard = {
  ok: false,
  kind: 'refused',
  code: 'TOKEN_MISSING',
  status: 401,
  headers: { 'WWW-Authenticate': 'DPoP algs="ES256"' },
  body: {
    type: 'urn:assay:problem:attestation_required',
    title: '',
    status: 401,
    code: 'attestation_required',
  },
  attested: null,
  clientStatus: null,
  detail: null,
} satisfies Refusal

/** A meter that counts nothing and records how reservations end. */
export function openMeter(): Meter & { ends: string[]; read: string[]; readsBody: boolean } {
  const meter = {
    shared: false,
    ends: [] as string[],
    read: [] as string[],
    readsBody: false,
    open: (): Opening => ({
      ok: true,
      reserve: () => meter.reserve(),
      close: () => void meter.ends.push('closed'),
    }),
    reserve: (): Reservation => ({
      ok: true,
      headers: {},
      readsBody: meter.readsBody,
      answered: () => undefined,
      read: (piece) => void meter.read.push(Buffer.from(piece).toString()),
      end: (how) => {
        meter.ends.push(how)
        return 0
      },
    }),
  }
  return meter
}

export interface World {
  url: string
  port: number
  proxy: Proxy
  exchanges: Exchange[]
  events: SecretEvent[]
  faults: unknown[]
  files: Map<string, string>
  secrets: Secrets
  close(): Promise<void>
}

export interface WorldOptions {
  /** YAML of the routes, and what stands beside them. */
  config: string
  guard?: Guard
  meter?: Meter
}

export const common = `
issuer: https://attest.example
audience: https://api.example
apps: [com.example.app]
tiers: [affirming]
`

/** The secrets' files are these; the environment has the secret as KEY. */
export function secretsOf(
  files: ReadonlyMap<string, string>,
  onEvent: (event: SecretEvent) => void = () => undefined,
) {
  return new Secrets({
    files: {
      version: (file) => {
        const text = files.get(file)
        if (text === undefined) throw new Error('no such file')
        return text
      },
      read: (file) => files.get(file) as string,
    },
    env: { KEY: secret, EMPTY: '' },
    onEvent,
  })
}

export async function startProxy({
  config,
  guard = guardThat(admitted),
  meter = openMeter(),
}: WorldOptions): Promise<World> {
  const exchanges: Exchange[] = []
  const events: SecretEvent[] = []
  const faults: unknown[] = []
  const files = new Map([['/key', `${secret}\n`]])
  const secrets = secretsOf(files, (event) => void events.push(event))
  const proxy = createProxy({
    config: checkConfig(readConfig(common + config), secrets),
    guard,
    meter,
    clock: () => 0,
    onExchange: (exchange) => void exchanges.push(exchange),
    onFault: (fault) => void faults.push(fault),
  })
  const url = await listening(proxy.server)
  return {
    url,
    port: Number(new URL(url).port),
    proxy,
    exchanges,
    events,
    faults,
    files,
    secrets,
    close: () => proxy.stop(0),
  }
}

/** A route to an upstream, as YAML. */
export function route(
  upstream: string,
  more: readonly string[] = [],
  path = '/v1/messages',
  name = 'messages',
): string {
  return [
    `  - name: ${name}`,
    `    methods: [GET, POST]`,
    `    path: ${path}`,
    `    upstream: ${upstream}`,
    `    inject: { fields: { authorization: { file: /key, prefix: 'Bearer ' } } }`,
    ...more.map((line) => `    ${line}`),
    '',
  ].join('\n')
}

/** Sends exactly these bytes, and reads until the server closes. */
export async function sendRaw(port: number, bytes: string): Promise<string> {
  const chunks: Buffer[] = []
  const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(bytes, 'latin1')))
  socket.on('data', (chunk) => chunks.push(chunk))
  const patience = setTimeout(() => socket.end(), 1000)
  await once(socket, 'close')
  clearTimeout(patience)
  return Buffer.concat(chunks).toString('latin1')
}
