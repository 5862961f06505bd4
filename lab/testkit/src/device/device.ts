import { randomBytes } from 'node:crypto'
import {
  createAssayClient,
  type AssayClient,
  type AssayClientOptions,
  type EvidenceSource,
} from '@assay/client'
import type { CodeImage } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { paths } from '@assay/protocol'
import { apkCodeImage } from './apk-image.ts'
import { createSoftwareKey, keyStoreOf, type SoftwareKey } from './software-key.ts'

/** The service and APIs that an installed app knows, and the device that it is on. */
export interface Surroundings {
  endpoint: string
  app: string
  build: string
  /** Protected origin to token audience. */
  audiences: Readonly<Record<string, string>>
  /** The evidence of the phone that the app is on, or that somebody else's gives for it. Default: none. */
  evidence?: readonly EvidenceSource[]
  /** Whether requests for which there is no token are sent all the same. Default: they are not. */
  withoutToken?: 'send'
  /** Milliseconds by which the device's wall clock is wrong. */
  clockSkew?: number
  /** Replaces bodies on their way to the service: anyone who owns the device sees and changes what leaves it. */
  rewrite?: (path: string, body: string) => string
}

/** What makes a device: an installed app, and its surroundings. */
export interface DeviceOptions extends Surroundings {
  /** The installed app, as the SDK's reader shows it: an APK, or the code image of any other build. */
  apk: Buffer | CodeImage
  key?: SoftwareKey
}

/** One exchange with the service as it went over the wire, for attacks that send it again. */
export interface RecordedExchange {
  path: string
  /** Body that was sent. */
  request: unknown
  status: number
  /** Body that came back. */
  response: unknown
}

/** An installed app that runs the real SDK. */
export interface InstalledApp {
  readonly client: AssayClient
  /** Every exchange with the service so far, oldest first. */
  readonly exchanges: readonly RecordedExchange[]
  close(): void
}

/** A device whose owner is free to copy its key and to read its traffic. */
export interface Device extends InstalledApp {
  readonly key: SoftwareKey
}

export async function createDevice({
  apk,
  key = createSoftwareKey(),
  ...options
}: DeviceOptions): Promise<Device> {
  const image = Buffer.isBuffer(apk) ? await apkCodeImage(apk) : apk
  return { ...startApp(options, { image, keyStore: keyStoreOf(key) }), key }
}

/** What the platform of an app adds. */
type PlatformPart = Pick<AssayClientOptions, 'image' | 'keyStore' | 'abi' | 'text' | 'probes' | 'live'>

export function startApp(options: Surroundings, platform: PlatformPart): InstalledApp {
  const exchanges: RecordedExchange[] = []
  const client = createAssayClient({
    endpoints: [options.endpoint],
    app: options.app,
    build: options.build,
    audiences: options.audiences,
    ...platform,
    withoutToken: options.withoutToken ?? 'fail',
    crypto: nodeCrypto,
    evidence: options.evidence ?? [],
    fetch: recording(exchanges, options.rewrite ?? ((_path, body) => body)),
    clock: { monotonic: () => performance.now(), wall: () => Date.now() + (options.clockSkew ?? 0) },
    random: (length) => randomBytes(length),
    timers: {
      set: (callback, milliseconds) => setTimeout(callback, milliseconds).unref(),
      clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
    },
  })
  return { client, exchanges, close: () => void client.close() }
}

function recording(
  exchanges: RecordedExchange[],
  rewrite: NonNullable<Surroundings['rewrite']>,
): typeof fetch {
  return async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input)
    if (!Object.values<string>(paths).includes(pathname) || typeof init?.body !== 'string') {
      return fetch(input, init)
    }
    const body = rewrite(pathname, init.body)
    const response = await fetch(input, { ...init, body })
    const answer: unknown = await response
      .clone()
      .json()
      .catch(() => undefined)
    exchanges.push({ path: pathname, request: readBody(body), status: response.status, response: answer })
    return response
  }
}

/** The text itself where it is not JSON, which only a rewritten body is. */
function readBody(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
