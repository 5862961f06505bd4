import { randomBytes } from 'node:crypto'
import { createAssayClient, type AssayClient } from '@assay/client'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { paths } from '@assay/protocol'
import { apkCodeImage } from './apk-image.ts'
import { createSoftwareKey, keyStoreOf, type SoftwareKey } from './software-key.ts'

/** What makes a device: an installed app, and the service and APIs that it knows. */
export interface DeviceOptions {
  /** The installed APK: the SDK measures these bytes. */
  apk: Buffer
  endpoint: string
  app: string
  build: string
  /** Protected origin to token audience. */
  audiences: Readonly<Record<string, string>>
  key?: SoftwareKey
  /** Milliseconds by which the device's wall clock is wrong. */
  clockSkew?: number
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

/** A device whose owner is free to copy its key and to read its traffic: it runs the real SDK over the installed app. */
export interface Device {
  readonly client: AssayClient
  readonly key: SoftwareKey
  /** Every exchange with the service so far, oldest first. */
  readonly exchanges: readonly RecordedExchange[]
  close(): void
}

export async function createDevice(options: DeviceOptions): Promise<Device> {
  const key = options.key ?? createSoftwareKey()
  const exchanges: RecordedExchange[] = []
  const client = createAssayClient({
    endpoints: [options.endpoint],
    app: options.app,
    build: options.build,
    audiences: options.audiences,
    image: await apkCodeImage(options.apk),
    crypto: nodeCrypto,
    keyStore: keyStoreOf(key),
    fetch: recording(exchanges),
    clock: { monotonic: () => performance.now(), wall: () => Date.now() + (options.clockSkew ?? 0) },
    random: (length) => randomBytes(length),
    timers: {
      set: (callback, milliseconds) => setTimeout(callback, milliseconds).unref(),
      clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
    },
  })
  return { client, key, exchanges, close: () => void client.close() }
}

function recording(exchanges: RecordedExchange[]): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    const { pathname } = new URL(input instanceof Request ? input.url : input)
    if (Object.values<string>(paths).includes(pathname) && typeof init?.body === 'string') {
      const answer: unknown = await response
        .clone()
        .json()
        .catch(() => undefined)
      exchanges.push({
        path: pathname,
        request: JSON.parse(init.body),
        status: response.status,
        response: answer,
      })
    }
    return response
  }
}
