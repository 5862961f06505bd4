import http from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { problems, type ProblemCode, type ProblemDocument } from '@assay/protocol'
import { CliError, exitCodes } from './cli-error.ts'
import { faultsInWords } from './member-rules.ts'
import { unreachable } from './unreachable.ts'

/** Speaks to the endpoints of one service. Paths are relative to its address. */
export interface ServiceClient {
  get(path: string): Promise<unknown>
  post(path: string, body: unknown): Promise<unknown>
  put(path: string, body: unknown): Promise<unknown>
  patch(path: string, body: unknown): Promise<unknown>
  delete(path: string): Promise<unknown>
  /** `open` is called when the request is made; a CliError that ends its stream is what is thrown. */
  upload(path: string, mediaType: string, open: () => Readable, length?: number): Promise<unknown>
  /** What everybody may read: goes without the API key. */
  look(path: string): Promise<Look>
}

/** An answer to a request without API key, with what tells its clock. */
export interface Look {
  value: unknown
  /** The field `Date`, in milliseconds since 1970, to the second; `undefined` where there is none. */
  date: number | undefined
  /** When the request went and when its answer was there, by the clock of this machine. */
  asked: number
  answered: number
}

const idleTimeout = 120_000
/** Milliseconds; for what everybody may read, which takes no time to make. */
const lookTimeout = 15_000
const longestAnswer = 64 * 1024 * 1024

/** What to do about a problem, where more can be said than its title says. */
const hints: Partial<Record<ProblemCode, string>> = {
  unauthorized:
    'Set ASSAY_API_KEY to the key that `assay init` or `assay key add` showed for this very service.',
  scope_insufficient: 'Use an admin key, or a registration key for this app.',
  request_invalid: 'Add --help to see what the command takes.',
  body_too_large: 'The service takes files up to its limit `buildSize` (512 MiB by default).',
  media_type_unsupported: 'Give an APK, or the folder of a web build.',
  not_found: 'Is --server or ASSAY_URL the address of the service itself, without a path of its own?',
  rate_limited: 'Wait a minute, then try again.',
  app_exists: '`assay app update ID …` changes a registered app; `assay app list` shows them.',
  app_not_found: '`assay app list` shows the registered apps; `assay app add ID --platform …` adds one.',
  build_debuggable:
    'Register a release build, or pass --allow-debuggable for a build that is meant for development.',
  build_exists: 'Give the build another --id: a registered build keeps its id, also when it is retired.',
  build_not_found: '`assay build list --app APP` shows the registered builds.',
  build_platform_mismatch:
    'An APK goes to an app of platform android, a folder to one of platform web or node: `assay app list` shows them.',
  signer_not_registered:
    'Register this build once with an admin key, or give the app its whole list of certificates: `assay app update ID --signer SHA256 …`.',
  package_mismatch: 'Check that the file belongs to this app; `assay app list` shows the registered package.',
  api_exists: '`assay api list` shows it, and `assay api update URL …` changes it.',
  api_not_found: '`assay api list` shows the registered APIs.',
  policy_invalid: 'docs/errors.md explains each code under "Policies".',
  policy_reserved:
    'Save it under another id; `assay policy show ID --document` gives the built-in one to start from.',
  policy_not_found: '`assay policy list` shows the policies; `assay policy set ID FILE` saves one.',
  policy_in_use:
    'Give the apps and APIs that name it another policy first: `assay app update ID --policy ID`.',
  evidence_settings_invalid:
    'An iOS app sends apple_app_attest; an Android app android_key_attestation, play_integrity or both; others nothing.',
  anchor_not_found:
    'Is the installation named as in the tokens of this very API, and did it send hardware evidence within the last 90 days?',
  anchor_is_batch: 'Add --batch to ban all devices with this key, which is right only for a leaked one.',
  ban_not_found: '`assay ban list --app APP` shows the bans.',
  key_not_found: '`assay key list` shows the keys and their ids.',
  trace_not_found:
    "Is the trace id whole? Kept are, for 30 days, denials and malfunctions; of an app that is not registered, or a request that is malformed or too many, only the code of the app's own error tells.",
  temporarily_unavailable: 'Try again in a few seconds.',
  internal_error: 'The log of the service says more, under the same trace.',
}

export function createServiceClient(server: URL, apiKey: () => string): ServiceClient {
  const send = async (method: string, path: string, body?: Body) => {
    const authorization = `Bearer ${apiKey()}`
    return (await exchange(new URL(path, server), { method, body, authorization, timeout: idleTimeout }))
      .value
  }
  return {
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, jsonBody(body)),
    put: (path, body) => send('PUT', path, jsonBody(body)),
    patch: (path, body) => send('PATCH', path, jsonBody(body)),
    delete: (path) => send('DELETE', path),
    upload: (path, mediaType, open, length) => send('POST', path, { mediaType, open, length }),
    async look(path) {
      const asked = Date.now()
      const answer = await exchange(new URL(path, server), { method: 'GET', timeout: lookTimeout })
      return { ...answer, asked, answered: Date.now() }
    },
  }
}

/** Whether a URL leads to this very machine. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|([^.]+\.)*localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}

interface Body {
  mediaType: string
  text?: string
  open?: () => Readable
  length?: number | undefined
}

function jsonBody(value: unknown): Body {
  const text = JSON.stringify(value)
  return { mediaType: 'application/json', text, length: Buffer.byteLength(text) }
}

interface Asked {
  method: string
  timeout: number
  authorization?: string
  body?: Body | undefined
}

async function exchange(url: URL, asked: Asked): Promise<{ value: unknown; date: number | undefined }> {
  const { method, timeout, body } = asked
  const { request: send } = url.protocol === 'https:' ? await import('node:https') : http
  const request = send(url, { method, headers: headersOf(asked), timeout })
  request.on('timeout', () => request.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })))
  const stream = body?.open?.()
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.on('response', resolve).on('error', reject)
    // Before the pipeline hears of it, which tells the request no more than that it is over.
    stream?.on('error', (cause) => (cause instanceof CliError ? reject(cause) : undefined))
  })
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
    // Or the connection stays open for the rest of an upload that the service does not read, and the process with it.
    request.destroy()
  }
}

function headersOf({ authorization, body }: Asked): http.OutgoingHttpHeaders {
  return {
    accept: 'application/json',
    ...(authorization === undefined ? {} : { authorization }),
    ...(body === undefined ? {} : { 'content-type': body.mediaType }),
    ...(body?.length === undefined ? {} : { 'content-length': body.length }),
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

async function problemError(status: number, value: unknown): Promise<CliError> {
  const { code, trace, reason, errors } = (value ?? {}) as Partial<ProblemDocument>
  if (code === undefined || !Object.hasOwn(problems, code)) return badAnswer()
  const withRules = code === 'request_invalid'
  const details = errors === undefined ? undefined : faultsInWords(errors, withRules)
  const title = problems[code].title + (reason === undefined ? '' : ` (${reason})`)
  const hint = reason === undefined ? hints[code] : await refusedBuild(reason)
  return new CliError(
    code,
    details === undefined ? title : `${title}: ${details}`,
    status >= 500 ? exitCodes.unavailable : exitCodes.refused,
    {
      ...(hint === undefined ? {} : { hint }),
      ...(trace === undefined ? {} : { trace }),
      ...(errors === undefined ? {} : { errors }),
    },
  )
}

async function refusedBuild(reason: string): Promise<string> {
  const { adviceFor } = await import('./codes/index.ts')
  return `${adviceFor(reason)} \`assay inspect FILE\` tells what the file holds.`
}

/** The API key is never sent on to where somebody else says. */
function redirected(url: URL, location: string | undefined): CliError {
  const target = URL.canParse(location ?? '', url.href) ? new URL(location ?? '', url.href).origin : undefined
  return new CliError(
    'CLI_SERVICE_ANSWER',
    `The service at ${url.origin} answers with a redirect${target === undefined ? '' : ` to ${target}`}`,
    exitCodes.unavailable,
    {
      hint: 'Redirects are not followed. If that is the service, give its address with --server or ASSAY_URL.',
    },
  )
}

function badAnswer(cause?: unknown): CliError {
  return new CliError(
    'CLI_SERVICE_ANSWER',
    'The answer is not that of an attestation service',
    exitCodes.unavailable,
    {
      hint: 'Is --server or ASSAY_URL the address of the attestation service itself, and not of a page or proxy before it?',
      cause,
    },
  )
}
