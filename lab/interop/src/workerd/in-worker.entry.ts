import { createGuard, type GuardOptions, type RequestContext } from '@assay/guard'
import type { RequestCase } from '@assay/vectors/requests'
import { checkCases } from '@assay/vectors/check-cases'

/** The worker: it runs the cases of the core, and a guard that fetches keys and whose clock the caller sets. */

interface Bindings {
  /** The URL of the JWKS. */
  readonly JWKS_URL: string
}

/** Seconds by which the clock is ahead of that of the cases. */
let ahead = 0
let guard: ReturnType<typeof createGuard> | undefined

const now = 1_790_000_000

const worker = {
  async fetch(request: Request, { JWKS_URL }: Bindings, context: RequestContext): Promise<Response> {
    const url = new URL(request.url)
    if (url.pathname === '/cases')
      return Response.json(await checkCases((await request.json()) as RequestCase[]))
    ahead = Number(url.searchParams.get('ahead'))
    guard ??= createGuard({
      issuer: 'https://attest.example',
      audience: 'https://api.example.com',
      // As in any worker: `fetch` wants to be called without an object.
      jwks: { url: JWKS_URL, fetch: (target, init) => fetch(target, init), timeout: 1 },
      mode: 'bearer',
      apps: ['com.example.app'],
      tiers: ['affirming'],
      clock: () => (now + ahead) * 1000,
    } satisfies GuardOptions)
    const judged = { method: 'GET', url: '/', headers: request.headers }
    const decision = await (url.searchParams.has('alone')
      ? guard.verify(judged)
      : guard.verify(judged, context))
    return new Response(decision.ok ? 'ok' : decision.code)
  },
}

export { worker as default }
