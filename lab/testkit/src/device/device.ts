import { randomBytes } from 'node:crypto'
import { createAssayClient, type AssayClient } from '@assay/client'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import type { AttestationRequest, AttestationResponse } from '@assay/protocol'
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

/** An attestation as it went over the wire, for attacks that send it again. */
export interface RecordedAttestation {
  request: AttestationRequest
  status: number
  response: AttestationResponse | undefined
}

/** A device whose owner is free to copy its key and to read its traffic: it runs the real SDK over the installed app. */
export interface Device {
  readonly client: AssayClient
  readonly key: SoftwareKey
  /** Every attestation so far, oldest first. */
  readonly attestations: readonly RecordedAttestation[]
  close(): void
}

export async function createDevice(options: DeviceOptions): Promise<Device> {
  const key = options.key ?? createSoftwareKey()
  const attestations: RecordedAttestation[] = []
  const client = createAssayClient({
    endpoints: [options.endpoint],
    app: options.app,
    build: options.build,
    audiences: options.audiences,
    image: await apkCodeImage(options.apk),
    crypto: nodeCrypto,
    keyStore: keyStoreOf(key),
    fetch: recording(attestations),
    clock: { monotonic: () => performance.now(), wall: () => Date.now() + (options.clockSkew ?? 0) },
    random: (length) => randomBytes(length),
    timers: {
      set: (callback, milliseconds) => setTimeout(callback, milliseconds).unref(),
      clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
    },
  })
  return { client, key, attestations, close: () => void client.close() }
}

function recording(attestations: RecordedAttestation[]): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    const url = input instanceof Request ? input.url : String(input)
    if (url.endsWith('/v1/attestations') && typeof init?.body === 'string') {
      const answer = response.ok ? ((await response.clone().json()) as AttestationResponse) : undefined
      attestations.push({
        request: JSON.parse(init.body) as AttestationRequest,
        status: response.status,
        response: answer,
      })
    }
    return response
  }
}
