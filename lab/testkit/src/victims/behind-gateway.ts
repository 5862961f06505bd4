import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { createRollout, type Decision } from '@assay/guard'
import { attestedFields, authRequestListener, type AuthRequestSettings } from '@assay/guard/node'
import { guardOf, type GuardedApiOptions, type LoggedDecision } from './guarded.ts'
import { currentRequestId, startListening, withRequestId, type RunningApi } from './listening.ts'

/** The code of the API itself for a request of which it knows no app. */
export const appUnknown = 'APP_UNKNOWN'

/**
 * An API that asks its gateway's fields which app sends a request, by value, as the guide says. It reads fields as WSGI does, to which `-`
 * and `_` are the same, and believes each of several values.
 */
export async function startBelievingApi(app: string): Promise<RunningApi> {
  const field = attestedFields.app.toLowerCase()
  return startListening(() => (request, response) => {
    const isKnown = Object.entries(request.headers).some(
      ([name, value]) => name.replaceAll('_', '-') === field && String(value).split(/, */).includes(app),
    )
    response.writeHead(isKnown ? 200 : 403, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isKnown ? { app } : { code: appUnknown }))
  })
}

/** The guard that a gateway asks, as `assay guard serve` has it. */
export interface GatewayGuard {
  /** What it decided, oldest first. */
  readonly decisions: readonly LoggedDecision[]
  /** From now on it lets everybody through, as at the start of a rollout. */
  rollOut(): void
  close(): Promise<void>
}

/** @param socket path of its Unix socket */
export async function startGatewayGuard(
  options: Pick<GuardedApiOptions, 'issuer' | 'apps' | 'tiers'> & { audience: string },
  settings: Omit<AuthRequestSettings, 'rollout'>,
  socket: string,
): Promise<GatewayGuard> {
  const decisions: LoggedDecision[] = []
  let share = 1
  const log = (decision: Decision) =>
    void decisions.push({
      requestId: currentRequestId(),
      code: decision.ok ? null : decision.code,
      clientStatus: null,
    })
  const guard = guardOf({ ...options, replayStore: undefined }, options.audience, log)
  const rollout = createRollout({ share: () => share, secret: randomBytes(32) })
  const listener = authRequestListener(guard, { ...settings, rollout })
  const server = createServer((request, response) =>
    withRequestId(request, () => listener(request, response)),
  )
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  return {
    decisions,
    rollOut: () => void (share = 0),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
