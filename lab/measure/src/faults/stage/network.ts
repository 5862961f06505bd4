import http from 'node:http'

/** An answer, or the absence of one. */
export interface Answer {
  /** 0: the connection broke, or no answer came in time. */
  readonly status: number
  readonly body: unknown
  /** Seconds; undefined: the answer has no such field. */
  readonly retryAfter: number | undefined
  readonly milliseconds: number
  /** The system's code for a connection that broke. */
  readonly fault: string | undefined
  /** The service ends the connection with it. */
  readonly isLast?: boolean
}

export interface Request {
  readonly method: string
  readonly url: string
  readonly body?: string | Uint8Array
  readonly type?: string
  readonly key?: string
  readonly fields?: Readonly<Record<string, string>>
}

/** Clients behind one address. */
export interface Network {
  send(request: Request): Promise<Answer>
  close(): void
}

interface NetworkOptions {
  /** The clients' address on this machine. The service treats each /24 of `127.0.0.0/8` as a separate network. */
  readonly address?: string
  /** The most connections at once. */
  readonly connections?: number
  /** Milliseconds after which a client gives up. */
  readonly patience?: number
}

export function createNetwork(options: NetworkOptions = {}): Network {
  const { address = '127.0.0.1', connections = 64, patience = 30_000 } = options
  const agent = new http.Agent({
    keepAlive: true,
    maxSockets: connections,
    localAddress: address,
  })
  return {
    send: (request) => sendOver(agent, request, patience),
    close: () => void agent.destroy(),
  }
}

function sendOver(agent: http.Agent, asked: Request, patience: number): Promise<Answer> {
  const { method, url, body, type = 'application/json', key, fields } = asked
  const started = performance.now()
  return new Promise((resolve) => {
    const end = (answer: Omit<Answer, 'milliseconds'>) =>
      resolve({ ...answer, milliseconds: performance.now() - started })
    const broken = (error: NodeJS.ErrnoException) =>
      end({ status: 0, body: undefined, retryAfter: undefined, fault: error.code ?? error.message })
    const headers = {
      ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...fields,
    }
    const request = http.request(url, { method, agent, headers, timeout: patience }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.once('error', broken)
      response.once('end', () => {
        const after = response.headers['retry-after']
        end({
          status: response.statusCode ?? 0,
          body: readJson(text),
          retryAfter: after === undefined ? undefined : Number(after),
          fault: undefined,
          isLast: response.headers.connection === 'close',
        })
      })
    })
    request.once('timeout', () =>
      request.destroy(Object.assign(new Error('no answer'), { code: 'NO_ANSWER' })),
    )
    request.once('error', broken)
    request.end(body)
  })
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The code of a problem document. */
export function codeOf({ body }: Answer): string | undefined {
  return (body as { code?: string } | undefined)?.code
}
