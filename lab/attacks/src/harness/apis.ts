import {
  startEmbeddedSecretApi,
  startGuardedApi,
  startUnprotectedApi,
  type GuardedApi,
  type GuardedApiOptions,
  type RunningApi,
} from '@assay/testkit/victims'
import type { AdmissibleTier } from '@assay/protocol'
import { hasValkey, startValkey } from '@assay/testkit'
import {
  crampedCapacity,
  developmentApp,
  laterBy,
  type Apis,
  type KeyRenewal,
  type Target,
  type World,
} from '../world/world.ts'

/** The victims, and a function that stops them. */
export interface RunningApis {
  readonly apis: Apis
  close(): Promise<void>
}

/** One more guarded API, and a function that stops it. */
export interface RunningTarget extends Target {
  close(): Promise<void>
}

export async function startApi(
  options: Pick<GuardedApiOptions, 'issuer' | 'apps' | 'tiers'>,
): Promise<RunningTarget> {
  const api = await startGuardedApi(options)
  return { ...targetOf(api), close: () => api.close() }
}

/** @param issuer URL of the attestation service */
export async function startApis(
  issuer: string,
  apps: World['apps'],
  secret: string,
  tiers: readonly AdmissibleTier[],
): Promise<RunningApis> {
  const running: RunningApi[] = []
  const kept = async <Api extends RunningApi>(starting: Promise<Api>): Promise<Api> => {
    const api = await starting
    running.push(api)
    return api
  }
  const guarded = (options: Partial<GuardedApiOptions> = {}) =>
    kept(startGuardedApi({ issuer, apps: [apps.android], tiers, ...options })).then(targetOf)

  const orders = await guarded({ statusMaxAge })
  const audience = orders.url
  const node = (options: Partial<GuardedApiOptions> = {}) => guarded({ audience, ...options })
  const firstOfTwo = await node({ nonces: true })
  const valkey = hasValkey() ? await startValkey() : undefined
  const firstSharing = valkey && (await node({ valkey: valkey.url }))
  let keyFetches = 0
  const fetchKeys: GuardedApiOptions['fetchKeys'] = (url, init) => {
    keyFetches++
    return fetch(url, init)
  }
  const renewal = createRenewal()
  const apis: Apis = {
    unprotected: withoutLog(await kept(startUnprotectedApi())),
    embeddedSecret: withoutLog(await kept(startEmbeddedSecretApi(secret))),
    orders,
    nodes: {
      express: await node(),
      fastify: await node({ framework: 'fastify' }),
      hono: await node({ framework: 'hono' }),
      node: await node({ framework: 'node' }),
    },
    ordersSecondNode: await node({ baseUrl: orders.url }),
    sharingNodes:
      firstSharing && valkey
        ? [firstSharing, await node({ valkey: valkey.url, baseUrl: firstSharing.url })]
        : undefined,
    nonceNodes: [firstOfTwo, await node({ nonces: true, baseUrl: firstOfTwo.url })],
    webOrders: await node({ apps: [apps.web] }),
    payments: await guarded(),
    access: await guarded({ tokenKind: 'access' }),
    later: await node({ clockAhead: laterBy }),
    legacy: await node({ legacyRoute: true }),
    // The longest possible pause, so that only the first fetch is due, even on a slow machine.
    counting: { ...(await node({ fetchKeys, keysMaxAge: 1200 })), keyFetches: () => keyFetches },
    renewing: { ...(await node(renewal.options)), ...renewal.control },
    developing: await guarded({ apps: [developmentApp], development: true }),
    cramped: await node({ replayCapacity: crampedCapacity }),
  }
  return {
    apis,
    close: async () => {
      await Promise.all(running.map((api) => api.close()))
      await valkey?.stop()
    },
  }
}

/** Seconds, the least that the guard accepts: an attack waits for the next list. */
const statusMaxAge = 5

/** Seconds, the least that the guard accepts, so that tokens and proofs outlive the keys. */
const keysMaxAge = 30

/** A `fetch` that can hang, and a clock that can be advanced. */
function createRenewal(): {
  options: Pick<GuardedApiOptions, 'fetchKeys' | 'keysMaxAge' | 'clockAhead'>
  control: KeyRenewal
} {
  let ahead = 0
  let onGivenUp: (() => void) | undefined
  return {
    options: {
      keysMaxAge,
      clockAhead: () => ahead,
      fetchKeys: (url, init) => {
        const givenUp = onGivenUp
        if (givenUp === undefined) return fetch(url, init)
        init.signal.addEventListener('abort', () => givenUp())
        return new Promise(() => undefined)
      },
    },
    control: {
      hang: () => ({ gaveUp: new Promise((resolve) => (onGivenUp = resolve)) }),
      age: () => void (ahead += keysMaxAge + 1),
    },
  }
}

function targetOf({ url, decisions }: GuardedApi): Target {
  return {
    url,
    codeOf: (requestId) =>
      decisions.findLast((decision) => decision.requestId === requestId)?.code ?? undefined,
  }
}

function withoutLog({ url }: RunningApi): Target {
  return { url, codeOf: () => undefined }
}
