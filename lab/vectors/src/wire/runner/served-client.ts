import { createAssayClient, memoryImage, type AssayClient, type AssayClientOptions } from '@assay/client'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { challengeText, defaults, plan } from '../families/behaviour/world.ts'
import { bytesOf } from '../material/image.ts'

const key = { publicJwk: defaults.keys[0] as (typeof defaults.keys)[number], sign: () => new Uint8Array(64) }

/** A client without time: pauses between attempts pass at once, and nothing comes later. */
export function timelessClient(options: Partial<AssayClientOptions>): AssayClient {
  return createAssayClient({
    endpoints: defaults.endpoints,
    app: defaults.app,
    build: defaults.build,
    audiences: { 'https://api.example': 'https://api.example' },
    image: memoryImage(defaults.segments.map((segment) => ({ ...segment, bytes: bytesOf(segment) }))),
    crypto: nodeCrypto,
    keyStore: { open: async () => key, renew: async () => key },
    probes: [],
    live: { functions: {}, exercises: {} },
    fetch: () => Promise.reject(new TypeError('no network')),
    clock: { monotonic: () => 0, wall: () => 0 },
    random: (length) => new Uint8Array(length),
    timers: {
      set: (callback, milliseconds) => (milliseconds < 5_000 ? setImmediate(callback) : undefined),
      clear: () => undefined,
    },
    ...options,
  })
}

/** A service that gives a token for every audience at once. */
export function generousService(serverTime = 0): typeof globalThis.fetch {
  return async (url, init) => {
    if ((url as string).endsWith('/v1/challenges')) return goodChallenge()
    const { client_data } = JSON.parse(init?.body as string) as { client_data: string }
    const { audiences } = JSON.parse(Buffer.from(client_data, 'base64url').toString()) as {
      audiences: string[]
    }
    return Response.json({
      tokens: audiences.map((audience) => ({ audience, token: `for:${audience}`, expires_in: 300 })),
      refresh_after: 150,
      server_time: serverTime,
      trace: 'rrrrrrrrrrrrrrrrrrrrrr',
    })
  }
}

export function goodChallenge(): Response {
  return Response.json({ attestation_challenge: challengeText(1), plan, expires_in: 120 })
}
