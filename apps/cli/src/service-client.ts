import http from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { problems, type ProblemCode, type ProblemDocument } from '@assay/protocol'
import { CliError, exitCodes } from './cli-error.ts'

/** Speaks to the provisioning and management endpoints of one service. */
export interface ServiceClient {
  get(path: string): Promise<unknown>
  post(path: string, body: unknown): Promise<unknown>
  patch(path: string, body: unknown): Promise<unknown>
  delete(path: string): Promise<unknown>
  upload(path: string, mediaType: string, body: Readable, length?: number): Promise<unknown>
}

const idleTimeout = 120_000
const longestAnswer = 64 * 1024 * 1024

/** What to do about a problem, where more can be said than its title says. */
const hints: Partial<Record<ProblemCode, string>> = {
  unauthorized: 'Set ASSAY_API_KEY to the key that `assay init` or `assay key add` showed.',
  scope_insufficient: 'Use an admin key, or a registration key for this app.',
  build_debuggable:
    'Register a release build, or pass --allow-debuggable for a build that is meant for development.',
  build_exists: 'Give the build another --id: a registered build keeps its id, also when it is retired.',
  build_refused: '`assay inspect FILE` tells what the file holds; docs/errors.md explains the code.',
  signer_not_registered:
    'Register this build once with an admin key, or give the app its whole list of certificates: `assay app update ID --signer SHA256 …`.',
  package_mismatch: 'Check that the file belongs to this app; `assay app list` shows the registered package.',
  app_not_found: '`assay app list` shows the registered apps; `assay app add ID --platform …` adds one.',
  api_not_found: '`assay api list` shows the registered APIs.',
  build_not_found: '`assay build list --app APP` shows the registered builds.',
  trace_not_found: 'Only denials and malfunctions are kept, the newest first. Is the trace id whole?',
  temporarily_unavailable: 'Try again in a few seconds.',
}

export function createServiceClient(server: URL, apiKey: () => string): ServiceClient {
  const send = (method: string, path: string, body?: Body) =>
    exchange(new URL(path, server), method, apiKey(), body)
  return {
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, jsonBody(body)),
    patch: (path, body) => send('PATCH', path, jsonBody(body)),
    delete: (path) => send('DELETE', path),
    upload: (path, mediaType, stream, length) => send('POST', path, { mediaType, stream, length }),
  }
}

interface Body {
  mediaType: string
  text?: string
  stream?: Readable
  length?: number | undefined
}

function jsonBody(value: unknown): Body {
  const text = JSON.stringify(value)
  return { mediaType: 'application/json', text, length: Buffer.byteLength(text) }
}

async function exchange(url: URL, method: string, apiKey: string, body: Body | undefined): Promise<unknown> {
  const headers: http.OutgoingHttpHeaders = { authorization: `Bearer ${apiKey}`, accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = body.mediaType
  if (body?.length !== undefined) headers['content-length'] = body.length
  const { request: send } = url.protocol === 'https:' ? await import('node:https') : http
  const request = send(url, {
    method,
    headers,
    timeout: idleTimeout,
  })
  request.on('timeout', () => request.destroy(new Error('timed out')))
  const answered = new Promise<http.IncomingMessage>((resolve, reject) =>
    request.on('response', resolve).on('error', reject),
  )
  try {
    // A service that refuses early closes its side while the upload goes on: its answer counts, not the broken pipe.
    if (body?.stream === undefined) request.end(body?.text)
    else pipeline(body.stream, request).catch(() => undefined)
    const response = await answered
    return read(response.statusCode ?? 0, await text(response))
  } catch (cause) {
    if (cause instanceof CliError) throw cause
    throw new CliError(
      'CLI_SERVICE_UNREACHABLE',
      `The service at ${url.origin} does not answer`,
      exitCodes.unavailable,
      {
        hint: 'Is it running (`assay serve`)? Is --server or ASSAY_URL right?',
        cause,
      },
    )
  }
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

function read(status: number, body: string): unknown {
  if (status === 204) return undefined
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (cause) {
    throw badAnswer(cause)
  }
  if (status >= 200 && status < 300) return value
  throw problemError(status, value)
}

function problemError(status: number, value: unknown): CliError {
  const { code, trace, reason, errors } = (value ?? {}) as Partial<ProblemDocument>
  if (code === undefined || !Object.hasOwn(problems, code)) return badAnswer()
  const details = errors?.map(({ pointer, code: fault }) => `${pointer || '/'}: ${fault}`).join('; ')
  const message = [problems[code].title, reason && `(${reason})`, details && `: ${details}`]
    .filter(Boolean)
    .join(' ')
  const hint = hints[code]
  return new CliError(code, message, status >= 500 ? exitCodes.unavailable : exitCodes.refused, {
    ...(hint === undefined ? {} : { hint }),
    ...(trace === undefined ? {} : { trace }),
  })
}

function badAnswer(cause?: unknown): CliError {
  return new CliError(
    'CLI_SERVICE_ANSWER',
    'The answer is not that of an attestation service',
    exitCodes.unavailable,
    {
      hint: 'Is --server or ASSAY_URL the address of the attestation service itself?',
      cause,
    },
  )
}
