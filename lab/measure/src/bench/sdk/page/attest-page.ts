import { createWebClient, pageImage } from '@assay/client/web'
import type { AttestationRequest, AttestationResponse, ChallengeResponse } from '@assay/protocol'

/** One full attestation of a new installation. */
export interface PageRun {
  app: string
  build: string
  /** The service's answer to the request for a challenge. */
  challenge: ChallengeResponse
}

export interface PageMeasurement {
  milliseconds: number
  /** Of these, the milliseconds in which the browser's network stack read the page's scripts from the HTTP cache. */
  reading: number
  /** Requests that left the browser meanwhile. */
  requests: number
  sent: AttestationRequest
}

const endpoint = 'https://attest.example.com'
const audience = 'https://api.example.com'

/**
 * From a client that was just made to a token, with the service in the page, so that no network is in it: making and
 * keeping the key, reading and measuring the page's scripts, signing.
 */
export async function attest({ app, build, challenge }: PageRun): Promise<PageMeasurement> {
  let sent: AttestationRequest | undefined
  const service: typeof globalThis.fetch = (url, init) => {
    const isChallenge = (url as string).endsWith('/v1/challenges')
    if (!isChallenge) sent = JSON.parse(init?.body as string) as AttestationRequest
    return Promise.resolve(Response.json(isChallenge ? challenge : granted()))
  }
  performance.clearResourceTimings()
  let reading = 0
  const started = performance.now()
  const client = createWebClient({
    endpoints: [endpoint],
    app,
    build,
    audiences: { [audience]: audience },
    fetch: service,
    async image() {
      const begun = performance.now()
      const image = await pageImage({ files: [] }, { document, fetch: (url, init) => fetch(url, init) })
      reading = performance.now() - begun
      return image
    },
  })
  await client.getToken()
  const milliseconds = performance.now() - started
  client.close()
  const timings = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
  const requests = timings.filter(({ transferSize }) => transferSize > 0).length
  return { milliseconds, reading, requests, sent: sent as AttestationRequest }
}

function granted(): AttestationResponse {
  return {
    tokens: [{ audience, token: 'a.b.c', expires_in: 300 }],
    refresh_after: 150,
    server_time: Math.floor(Date.now() / 1000),
    trace: 'trace',
  }
}

let code: Promise<Uint8Array<ArrayBuffer>> | undefined

/** Milliseconds of one SHA-256 over the page's scripts, which are at hand. */
export async function digest(): Promise<number> {
  const bytes = await (code ??= readScripts())
  const started = performance.now()
  await crypto.subtle.digest('SHA-256', bytes)
  return performance.now() - started
}

async function readScripts(): Promise<Uint8Array<ArrayBuffer>> {
  const scripts = await Promise.all(
    Array.from(document.scripts, async ({ src }) => (await fetch(src, { cache: 'force-cache' })).blob()),
  )
  return new Uint8Array(await new Blob(scripts).arrayBuffer())
}
