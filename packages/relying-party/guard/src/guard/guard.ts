import { callHook } from '../faults/malfunction.ts'
import {
  checkCallers,
  type CheckedCallers,
  checkOptions,
  checkRoute,
  type GuardParts,
} from './check-options.ts'
import type { Decision, Malfunction } from './decision.ts'
import type { AdmittedCallers, GuardOptions } from './guard-options.ts'
import { judge, readiness } from './judge.ts'
import type { GuardRequest, RequestContext } from '../request/fields.ts'
import { pathOf } from '../request/target-uri.ts'

export interface Guard {
  /** Judges one request. Never rejects: a fault on this side is a decision too. */
  verify(request: GuardRequest, context?: RequestContext): Promise<Decision>
  /**
   * Fetches the status list at once rather than for the first request, so that a program can say at its start what is
   * wrong with it. Never rejects.
   *
   * @returns the malfunction with which requests would be answered; `undefined` if there is none, or no list.
   */
  ready(): Promise<Malfunction | undefined>
  /**
   * A guard for a route that admits other apps and tiers but shares everything else: keys, caches, replay store.
   *
   * @throws TypeError (`ERR_INVALID_ARG_VALUE`) also for any other option, because it would not apply to the route
   * alone.
   */
  forRoute(callers: AdmittedCallers): Guard
  /** Whether a proof is valid once, or once on each node of the API; for a log line at startup. */
  readonly singleUse: 'once' | 'once_per_node'
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option that is missing, wrong or unknown. */
export function createGuard(options: GuardOptions): Guard {
  return guardOver(checkOptions(options), checkCallers(options))
}

function guardOver(parts: GuardParts, callers: CheckedCallers): Guard {
  const once = parts.replayStore.shared || parts.nonces?.perNode === true
  return Object.freeze({
    async verify(request: GuardRequest, context?: RequestContext) {
      const decision = await judge(parts, callers, request)
      if (context !== undefined) keepAlive(parts, context)
      if (parts.onDecision !== undefined) report(parts, decision, request)
      return decision
    },
    ready: () => readiness(parts),
    forRoute: (other: AdmittedCallers) => guardOver(parts, checkRoute(other)),
    singleUse: once ? 'once' : 'once_per_node',
  })
}

/** A fetch that a request started outlives its answer only if the runtime is told to wait for it. */
function keepAlive({ tokens, status, onFault }: GuardParts, context: RequestContext): void {
  for (const running of [tokens.keys.running, status?.running]) {
    if (running !== undefined) callHook(() => context.waitUntil(running), onFault)
  }
}

/** The hook sees every decision and changes none. */
function report({ onDecision, onFault }: GuardParts, decision: Decision, request: GuardRequest): void {
  callHook(() => {
    const method = String(request.method)
    return onDecision?.(decision, { method, path: pathOf(String(request.url)) ?? null })
  }, onFault)
}
