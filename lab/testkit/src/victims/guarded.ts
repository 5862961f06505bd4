import type { AdmissibleTier, TokenKind } from '@assay/protocol'
import { paths } from '@assay/protocol'
import { createMemoryReplayStore, type Decision, type FetchDocument, type ReplayStore } from '@assay/guard'
import { createNodeGuard, type NodeGuardOptions } from '@assay/guard/node'
import { createValkeyReplayStore } from '@assay/guard/valkey'
import { Redis } from 'iovalkey'
import { allowOrigins } from './cors.ts'
import { onExpress } from './frameworks/express.ts'
import { onFastify } from './frameworks/fastify.ts'
import type { GuardedListener } from './frameworks/orders.ts'
import { onHono } from './frameworks/hono.ts'
import { onNode } from './frameworks/node.ts'
import { currentRequestId, startListening, type RunningApi } from './listening.ts'

const listeners = {
  express: onExpress,
  fastify: onFastify,
  hono: onHono,
  node: onNode,
} as const satisfies Record<string, GuardedListener>

/** What the guarded API is written with. */
export const frameworks = ['express', 'fastify', 'hono', 'node'] as const satisfies (keyof typeof listeners)[]
export type Framework = (typeof frameworks)[number]

export interface GuardedApiOptions {
  /** URL of the attestation service. */
  issuer: string
  apps: readonly string[]
  tiers: readonly AdmissibleTier[]
  /** Seconds by which this API's clock is ahead, now or at any time. */
  clockAhead?: number | (() => number)
  /** Default: express. */
  framework?: Framework
  /** The API's registered name. Default: its own URL. */
  audience?: string
  /** What callers take for its base URL. Default: its own URL. */
  baseUrl?: string
  /** Whether every proof must carry a nonce of this node. Default: no. */
  nonces?: boolean
  /** Whether an older route to the same data was forgotten: it has no guard. Default: no. */
  legacyRoute?: boolean
  /** Web origins whose pages may call it. Default: none. */
  origins?: readonly string[]
  /** How it fetches the service's keys. */
  fetchKeys?: FetchDocument
  /** Seconds for which fetched keys are valid. Default: the guard's. */
  keysMaxAge?: number
  /** Seconds for which the service's status list is valid. Default: it does not ask for it. */
  statusMaxAge?: number
  /** The kind of token that it is registered for. Default: attestation. */
  tokenKind?: TokenKind
  /** Whether it takes tokens for development, and no others. */
  development?: true
  /** Whether it takes tokens of installations that operators or support let through. Default: no. */
  allowListed?: true
  /** Proofs that its replay store takes. Default: the guard's. */
  replayCapacity?: number
  /** URL of the Valkey server that the nodes of the API share for proofs. Default: each remembers its own. */
  valkey?: string
}

/** One line of the API's log. */
export interface LoggedDecision {
  /** What the caller named the request, if it did. */
  requestId: string | undefined
  /** `null` for a request that was let through. */
  code: string | null
  /** Why the app says that it has no token. */
  clientStatus: string | null
}

export interface GuardedApi extends RunningApi {
  /** What the guard decided, oldest first: the operator's view, with codes that callers do not see. */
  readonly decisions: readonly LoggedDecision[]
}

/** The same API behind the guard. */
export async function startGuardedApi(options: GuardedApiOptions): Promise<GuardedApi> {
  const decisions: LoggedDecision[] = []
  const log = (decision: Decision) =>
    void decisions.push({
      requestId: currentRequestId(),
      code: decision.ok ? null : decision.code,
      clientStatus: 'clientStatus' in decision ? decision.clientStatus : null,
    })
  const client = options.valkey === undefined ? undefined : await connectValkey(options.valkey)
  const replayStore = client === undefined ? undefined : createValkeyReplayStore({ client })
  const api = await startListening(async (url) => {
    const { framework = 'express', legacyRoute = false, origins = [] } = options
    const guard = guardOf({ ...options, replayStore }, url, log)
    return allowOrigins(origins, await listeners[framework](guard, legacyRoute))
  })
  return {
    ...api,
    decisions,
    async close() {
      await api.close()
      client?.disconnect()
    },
  }
}

/** Fails at once without a connection. */
export async function connectValkey(url: string): Promise<Redis> {
  const client = new Redis(url.replace(/^valkey/, 'redis'), {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
  })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

interface GuardSettings extends GuardedApiOptions {
  replayStore: ReplayStore | undefined
}

/** The guard of an API that is reached under `url`. */
export function guardOf(
  options: GuardSettings,
  url: string,
  onDecision: NonNullable<NodeGuardOptions['onDecision']>,
) {
  const { issuer, apps, tiers, clockAhead = 0, nonces = false, fetchKeys = fetch } = options
  const { keysMaxAge: maxAge, replayCapacity: capacity, statusMaxAge, replayStore } = options
  const ahead = typeof clockAhead === 'function' ? clockAhead : () => clockAhead
  const clock = () => Date.now() + ahead() * 1000
  return createNodeGuard({
    issuer,
    audience: options.audience ?? url,
    publicBaseUrl: options.baseUrl ?? url,
    jwks: {
      url: new URL(options.development === true ? paths.developmentJwks : paths.jwks, issuer).href,
      fetch: fetchKeys,
      // The time limit is as long as it can be, so that a request which hangs differs from one on a slow machine.
      ...(maxAge === undefined ? {} : { maxAge, cooldown: maxAge / 2, timeout: 60 }),
    },
    // A clock that is put forward outruns the proofs, too.
    ...(maxAge === undefined ? {} : { proofMaxAge: 600 }),
    ...(options.tokenKind === undefined ? {} : { tokenKind: options.tokenKind }),
    mode: 'bound',
    apps,
    tiers,
    clock,
    onDecision,
    ...(statusMaxAge === undefined ? {} : { statusList: { maxAge: statusMaxAge } }),
    ...(options.development === true ? { development: true } : {}),
    ...(options.allowListed === true ? { allowListed: true } : {}),
    ...(nonces ? { nonces: 'mac' as const } : {}),
    ...(capacity === undefined ? {} : { replayStore: createMemoryReplayStore({ clock, capacity }) }),
    // A store that is new refuses what could have passed before: without tolerance, that is what was made before.
    ...(replayStore === undefined ? {} : { replayStore, clockTolerance: 0 }),
  })
}
