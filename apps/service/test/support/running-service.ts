import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { mediaTypes, type ProblemDocument } from '@assay/protocol'
import { fixedBytes } from '@assay/testkit/fixed'
import { initialise, startService, type RunningService, type ServiceConfig } from '../../src/index.ts'
import { holderOf } from './held-to-openapi.ts'
import { makeMigratedFolder } from './migrated-folder.ts'

export interface Answer {
  status: number
  headers: Headers
  text: string
  json: never
}

export interface ServiceUnderTest {
  readonly url: string
  /** Where the console listens. */
  readonly consoleUrl: string
  /** URL of the metrics listener; empty without one. */
  readonly metricsUrl: string
  readonly folder: string
  readonly config: ServiceConfig
  readonly adminKey: string
  /** Everything that was logged so far. */
  log(): string
  /** Moves the service's clock. */
  advance(milliseconds: number): void
  /** Milliseconds since 1970, by its clock. */
  now(): number
  /**
   * Sends one request, whose answer is checked against the OpenAPI document; `key` defaults to the admin key, `null`
   * sends none. JSON unless `body` is bytes or text.
   */
  call(method: string, target: string, options?: CallOptions): Promise<Answer>
  /** As {@link call}, and the code of the problem that must come. */
  problem(method: string, target: string, options?: CallOptions): Promise<ProblemDocument>
  /** @param change of the configuration, from then on; made while the service is stopped */
  restart(change?: () => Promise<Partial<ServiceConfig>>): Promise<void>
  close(): Promise<void>
}

type Start = (config: ServiceConfig) => Promise<RunningService>

export interface CallOptions {
  body?: unknown
  key?: string | null
  headers?: Record<string, string>
}

/**
 * A service over a folder of its own, listening on a free port of loopback.
 *
 * @param how.peer another node of the same database, whose admin key this one takes
 */
export async function runService(
  more: Partial<ServiceConfig> = {},
  { start = startService, peer }: { start?: Start; peer?: ServiceUnderTest } = {},
): Promise<ServiceUnderTest> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-service-test-'))
  const lines: string[] = []
  let offset = 0
  const config: ServiceConfig = {
    dataFolder: path.join(folder, 'data'),
    sealingKey: fixedBytes('sealing key', 32),
    host: '127.0.0.1',
    port: 0,
    logLevel: 'debug',
    logDestination: { write: (line) => void lines.push(line) },
    clock: () => Date.now() + offset,
    ...more,
  }
  if (config.postgres === undefined) await makeMigratedFolder(config.dataFolder)
  const made = await patiently(() => initialise(config), config)
  const adminKey = made?.secret ?? peer?.adminKey ?? ''
  let running = await patiently(() => start(config), config)
  const openapi = await fetch(`${running.url}/openapi.json`)
  const hold = holderOf((await openapi.json()) as Record<string, unknown>)

  const call: ServiceUnderTest['call'] = async (
    method,
    target,
    { body, key = adminKey, headers = {} } = {},
  ) => {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    const response = await fetch(running.url + target, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined || isRaw ? {} : { 'content-type': mediaTypes.json }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isRaw ? (body as BodyInit) : JSON.stringify(body) }),
    })
    const text = await response.text()
    const { status } = response
    const contentType = response.headers.get('content-type')
    const json = (/json/.test(contentType ?? '') ? JSON.parse(text) : undefined) as never
    hold({ method, target, status, contentType, json })
    return { status, headers: response.headers, text, json }
  }

  return {
    get url() {
      return running.url
    },
    get metricsUrl() {
      return running.metricsUrl ?? ''
    },
    get consoleUrl() {
      return running.consoleUrl ?? ''
    },
    folder,
    config,
    adminKey,
    log: () => lines.join(''),
    advance: (milliseconds) => void (offset += milliseconds),
    now: () => Date.now() + offset,
    call,
    async problem(method, target, options) {
      const answer = await call(method, target, options)
      if (answer.headers.get('content-type')?.startsWith(mediaTypes.problem) !== true) {
        throw new Error(`no problem document: ${answer.status} ${answer.text.slice(0, 200)}`)
      }
      const document = answer.json as ProblemDocument
      if (document.status !== answer.status) throw new Error('the document and the answer have two statuses')
      return document
    },
    async restart(change) {
      await running.close()
      Object.assign(config, await change?.())
      running = await patiently(() => start(config), config)
    },
    async close() {
      await running.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Tries again where the database was too slow, as whoever supervises the process does: on a busy machine, PostgreSQL may
 * take longer to open a connection than the service waits.
 */
export async function patiently<Started>(
  begin: () => Promise<Started>,
  config: Pick<ServiceConfig, 'postgres'>,
  tries = 3,
): Promise<Started> {
  try {
    return await begin()
  } catch (error) {
    const isSlow =
      config.postgres !== undefined && (error as { code?: unknown }).code === 'STORAGE_NOT_ANSWERING'
    if (!isSlow || tries === 1) throw error
    return patiently(begin, config, tries - 1)
  }
}
