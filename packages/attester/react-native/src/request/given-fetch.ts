import { AssayError } from '../errors/error.ts'
import type { GivenFetch } from '../options/options.ts'
import type { Session } from '../session/session.ts'
import { orAborted } from './aborted.ts'
import { hasFollowed, isRedirect, demandOf } from './answer.ts'
import { headerOf, readWanted } from './wanted.ts'

type Fetch = typeof globalThis.fetch
type Pairs = Readonly<Record<string, string>>

/** The native part's answer about one URL. */
type ProofAnswer = {
  /** Without it, the URL is not that of a protected API. */
  readonly audience?: string
  readonly authorizationServer?: boolean
  readonly headers?: Pairs
}

/** Milliseconds for which an audience that refused a fresh token too gets no other. */
const unmetFor = 60_000

/**
 * `fetch` by a client of the app, which follows no redirect when told not to. The native part makes token and proof for
 * each request, and says which URLs are protected: the JavaScript's `URL` may not follow the standard.
 *
 * @param now milliseconds, never set back
 */
export function createGivenFetch(session: Session, { fetch }: GivenFetch, now: () => number): Fetch {
  const unmetUntil = new Map<string, number>()

  return async (input, init = {}) => {
    const wanted = readWanted(input, init)
    const { url, method, redirect } = wanted
    if (url === undefined) return fetch(input, init)
    const authorization = headerOf(wanted, 'authorization')
    const tried = new Set<string>()
    let unwanted: string | undefined
    for (;;) {
      const proof = { url, method, authorization, unwanted, heedsRedirect: true, forFetch: true }
      const added = await orAborted(() => session.ask<ProofAnswer>('proof', proof), wanted.signal)
      if (added.audience === undefined) return fetch(input, init)
      const { audience, authorizationServer = false, headers: fields = {} } = added
      const given = wanted.headers.filter(
        ([name]) => !isOurs(name) && !(fields['Authorization'] && /^authorization$/i.test(name)),
      )
      const headers = Object.fromEntries([...given, ...Object.entries(fields)])
      // A request's body can be read only once; the copy keeps it for a second attempt.
      const sent = typeof input === 'object' && 'clone' in input ? input.clone() : input
      const response = await fetch(sent, {
        ...init,
        method,
        headers,
        redirect: redirect === 'follow' ? 'manual' : redirect,
      })
      if (hasFollowed(response, url)) throw new AssayError('redirect_refused')
      learn(session, url, response)
      if (redirect === 'follow' && isRedirect(response)) throw new AssayError('redirect_refused')
      const access = fields['Authorization']
      const token = fields['OAuth-Client-Attestation'] ?? access?.split(' ')[1]
      const demand = token && (await demandOf(response, authorizationServer, access !== undefined))
      const isUnmet = demand === 'token' && now() < (unmetUntil.get(audience) ?? 0)
      if (!demand || isUnmet || isStream(init.body)) return response
      if (tried.has(demand)) {
        if (demand === 'token') unmetUntil.set(audience, now() + unmetFor)
        return response
      }
      tried.add(demand)
      unwanted = demand === 'token' ? token : undefined
    }
  }
}

/** The nonce that an answer brought, for the next proof. */
export function learn(session: Session, url: string, { headers }: Pick<Response, 'headers'>): void {
  const nonce = headers.get('DPoP-Nonce') ?? headers.get('OAuth-Client-Attestation-Challenge')
  if (nonce) session.tell('learn', { url, nonce })
}

/** Fields that only the native part fills. */
function isOurs(name: string): boolean {
  return /^(oauth-client-attestation|dpop|assay-status)$/i.test(name)
}

function isStream(body: unknown): boolean {
  const members = Object(body) as object
  return 'getReader' in members || Symbol.asyncIterator in members
}
