import http from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { headerNames, type ProblemCode, type ProblemDocument } from '@assay/protocol'
import { problems } from '@assay/protocol/codes'
import { exitCodes } from '../faults/cli-codes.ts'
import { CliError, cliError } from '../faults/cli-error.ts'
import { faultsInWords } from './member-rules.ts'
import { unreachable } from './unreachable.ts'

/** Calls the endpoints of one service. Paths are relative to its address. */
export interface ServiceClient {
  get(path: string): Promise<unknown>
  /** A whole list, page by page: the items under this member; none if it is missing. */
  list<Item>(path: string, member: string): Promise<Item[]>
  /** The same, with no more than `most` items, at least 1. `path` may have a query. */
  some<Item>(path: string, member: string, most: number): Promise<Item[]>
  post(path: string, body: unknown): Promise<unknown>
  put(path: string, body: unknown): Promise<unknown>
  patch(path: string, body: unknown): Promise<unknown>
  delete(path: string): Promise<unknown>
  /** `open` is called when the request is made; if a CliError ends its stream, that is thrown. */
  upload(path: string, file: SentFile): Promise<unknown>
  /** Reads what is public, without the API key. */
  look(path: string): Promise<Look>
  /** Server-sent events as they arrive; ends when the service ends the stream, or with the signal. */
  watch(path: string, signal: AbortSignal): AsyncIterable<ServerEvent>
}

/** One event of a stream (HTML Living Standard, section 9.2). */
export interface ServerEvent {
  /** Undefined: it has no name. */
  event?: string | undefined
  data: string
}

/** A file that is sent while it is read. */
export interface SentFile {
  mediaType: string
  open: () => Readable
  /** Bytes, if known beforehand. */
  length?: number | undefined
  /** Who made it, as a compact JWS. */
  provenance?: string | undefined
}

/** An answer to a request without API key, with what shows its clock. */
export interface Look {
  value: unknown
  /** The field `Date`, in milliseconds since 1970, to the second; `undefined` if there is none. */
  date: number | undefined
  /** When the request left and its answer arrived, by the clock of this machine. */
  sentAt: number
  answeredAt: number
}

const idleTimeout = 120_000
/** Milliseconds; for public data, which the service can answer at once. */
const lookTimeout = 15_000
/** Items per page, unless fewer are requested. */
const pageLength = 500
const longestAnswer = 64 * 1024 * 1024
/** Milliseconds of silence after which a stream is given up; the service sends a heartbeat every 15 seconds. */
const silence = 45_000

export function createServiceClient(server: URL, apiKey: () => string): ServiceClient {
  const send = async (method: string, path: string, body?: Body) => {
    const authorization = `Bearer ${apiKey()}`
    return (await exchange(new URL(path, server), { method, body, authorization, timeout: idleTimeout }))
      .value
  }
  const pages = async <Item>(path: string, member: string, most: number): Promise<Item[]> => {
    const items: Item[] = []
    const start = path.includes('?') ? '&' : '?'
    let query = most < pageLength ? `${start}limit=${most}` : ''
    for (;;) {
      const page = (await send('GET', path + query)) as Record<string, unknown> | null
      const [part, next] = [page?.[member], page?.['next']]
      if (Array.isArray(part)) items.push(...(part as Item[]))
      if (typeof next !== 'string' || items.length >= most) return items.slice(0, most)
      query = `${start}after=${encodeURIComponent(next)}`
    }
  }
  return {
    get: (path) => send('GET', path),
    list: <Item>(path: string, member: string) => pages<Item>(path, member, Infinity),
    some: <Item>(path: string, member: string, most: number) => pages<Item>(path, member, most),
    post: (path, body) => send('POST', path, jsonBody(body)),
    put: (path, body) => send('PUT', path, jsonBody(body)),
    patch: (path, body) => send('PATCH', path, jsonBody(body)),
    delete: (path) => send('DELETE', path),
    upload: (path, file) => send('POST', path, file),
    async look(path) {
      const sentAt = Date.now()
      const answer = await exchange(new URL(path, server), { method: 'GET', timeout: lookTimeout })
      return { ...answer, sentAt, answeredAt: Date.now() }
    },
    watch: (path, signal) => eventsOf(new URL(path, server), `Bearer ${apiKey()}`, signal),
  }
}

async function* eventsOf(url: URL, authorization: string, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  const { createParser } = await import('eventsource-parser')
  const request = await requestTo(url, { method: 'GET', timeout: silence, authorization }, signal)
  let waiting: ServerEvent[] = []
  const parser = createParser({ onEvent: ({ event, data }) => void waiting.push({ event, data }) })
  try {
    request.end()
    const response = await responseTo(request)
    const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true
    if (!isStream || response.statusCode !== 200) {
      await read(url, response)
      throw badAnswer()
    }
    const decoder = new TextDecoder()
    for await (const chunk of response as AsyncIterable<Buffer>) {
      parser.feed(decoder.decode(chunk, { stream: true }))
      const events = waiting
      waiting = []
      yield* events
    }
  } catch (cause) {
    if (signal.aborted) return
    if (cause instanceof CliError) throw cause
    throw unreachable(url, cause)
  } finally {
    request.destroy()
  }
}

/** Whether a URL leads to this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|([^.]+\.)*localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}

interface Body {
  mediaType: string
  text?: string
  open?: () => Readable
  length?: number | undefined
  provenance?: string | undefined
}

function jsonBody(value: unknown): Body {
  const text = JSON.stringify(value)
  return { mediaType: 'application/json', text, length: Buffer.byteLength(text) }
}

interface ServiceRequest {
  method: string
  timeout: number
  authorization?: string
  body?: Body | undefined
}

async function exchange(
  url: URL,
  sent: ServiceRequest,
): Promise<{ value: unknown; date: number | undefined }> {
  const { body } = sent
  const request = await requestTo(url, sent)
  const stream = body?.open?.()
  const answered = responseTo(request, stream)
  try {
    // A service that refuses early closes its side while the upload goes on: its answer counts, not the broken pipe.
    if (stream === undefined) request.end(body?.text)
    else pipeline(stream, request).catch(() => undefined)
    const response = await answered
    const date = Date.parse(response.headers.date ?? '')
    return { value: await read(url, response), date: Number.isNaN(date) ? undefined : date }
  } catch (cause) {
    if (cause instanceof CliError) throw cause
    throw unreachable(url, cause)
  } finally {
    // Otherwise the connection, and with it the process, stays open for the rest of an upload that the service does not
    // read.
    request.destroy()
  }
}

async function requestTo(url: URL, sent: ServiceRequest, signal?: AbortSignal): Promise<http.ClientRequest> {
  const { method, timeout } = sent
  const { request: send } = url.protocol === 'https:' ? await import('node:https') : http
  const request = send(url, {
    method,
    headers: headersOf(sent),
    timeout,
    ...(signal === undefined ? {} : { signal }),
  })
  request.on('timeout', () => request.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })))
  return request
}

function responseTo(request: http.ClientRequest, upload?: Readable): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve).on('error', reject)
    // Registered before the pipeline's own listener, which only tells the request that it is over.
    upload?.on('error', (cause) => (cause instanceof CliError ? reject(cause) : undefined))
  })
}

function headersOf({ authorization, body }: ServiceRequest): http.OutgoingHttpHeaders {
  return {
    accept: 'application/json',
    ...(authorization === undefined ? {} : { authorization }),
    ...(body === undefined ? {} : { 'content-type': body.mediaType }),
    ...(body?.length === undefined ? {} : { 'content-length': body.length }),
    ...(body?.provenance === undefined ? {} : { [headerNames.provenance]: body.provenance }),
  }
}

async function read(url: URL, response: http.IncomingMessage): Promise<unknown> {
  const { statusCode: status = 0, headers } = response
  const body = await text(response)
  if (status === 204) return undefined
  if (status >= 300 && status < 400) throw redirected(url, headers.location)
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (cause) {
    throw badAnswer(cause)
  }
  if (status >= 200 && status < 300) return value
  throw await problemError(status, value)
}

async function text(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestAnswer) throw badAnswer()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Refusals for which the same request is right a little later. */
const passing: ReadonlySet<ProblemCode> = new Set(['rate_limited', 'dry_run_running'])

async function problemError(status: number, value: unknown): Promise<CliError> {
  const { code, trace, reason, file, errors } = (value ?? {}) as Partial<ProblemDocument>
  if (code === undefined || !Object.hasOwn(problems, code)) return badAnswer()
  const withRules = code === 'request_invalid'
  const details = errors === undefined ? undefined : faultsInWords(errors, withRules)
  const because = [reason, file].filter((each) => each !== undefined).join(': ')
  const title = problems[code].title + (because === '' ? '' : ` (${because})`)
  const hint = reason === undefined ? problems[code].action : await adviceOn(code, reason)
  return new CliError(
    code,
    details === undefined ? title : `${title}: ${details}`,
    status >= 500 || passing.has(code) ? exitCodes.unavailable : exitCodes.refused,
    {
      hint,
      ...(trace === undefined ? {} : { trace }),
      ...(errors === undefined ? {} : { errors }),
      ...(reason === undefined ? {} : { reason }),
    },
  )
}

async function adviceOn(code: ProblemCode, reason: string): Promise<string> {
  const { adviceFor } = await import('../faults/explanations.ts')
  if (problems[code].status >= 500) return adviceFor(reason)
  return `${adviceFor(reason)} \`assay inspect FILE\` shows what the file holds.`
}

/** Redirects are not followed: the API key must not go to an address that somebody else chooses. */
function redirected(url: URL, location: string | undefined): CliError {
  const target = URL.canParse(location ?? '', url.href) ? new URL(location ?? '', url.href).origin : undefined
  return cliError(
    'CLI_SERVICE_ANSWER',
    `The service at ${url.origin} answers with a redirect${target === undefined ? '' : ` to ${target}`}`,
    {
      hint: 'The CLI does not follow redirects. If that is the service, give its address with --server or ASSAY_URL.',
    },
  )
}

function badAnswer(cause?: unknown): CliError {
  return cliError('CLI_SERVICE_ANSWER', 'The answer is not that of an attestation service', {
    hint: 'Is --server or ASSAY_URL the address of the attestation service itself, and not of a page or proxy in front of it?',
    cause,
  })
}
