import { createGuard, type GuardOptions, type RemoteJwks } from '@assay/guard'
import { codeOf, guardOptions, jwks, mintProof, mintToken, newRequest, now } from '../minting.ts'

/** An issuer whose answers and whose clock the test sets. */
export function world(settings: Partial<RemoteJwks> = {}, options: Partial<GuardOptions> = {}) {
  const state = {
    at: now,
    fetches: 0,
    answer: async (): Promise<Response> => Response.json(jwks),
  }
  const remote: RemoteJwks = {
    url: 'https://attest.example/jwks',
    fetch: async () => {
      state.fetches++
      return state.answer()
    },
    timeout: 60,
    ...settings,
  }
  const running: Promise<unknown>[] = []
  const guard = createGuard(guardOptions({ jwks: remote, clock: () => state.at * 1000, ...options }))
  const ask = async (token = mintToken({ claims: { iat: state.at - 5, exp: state.at + 295 } })) =>
    codeOf(
      await guard.verify(newRequest({ token, proof: mintProof({ claims: { iat: state.at } }) }), {
        waitUntil: (promise) => running.push(promise),
      }),
    )
  /** Until whatever requests have set off is done. */
  const background = () => Promise.all(running)
  return { state, ask, background }
}

export const outage = async (): Promise<Response> => {
  throw new TypeError('fetch failed')
}
