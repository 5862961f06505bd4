import {
  createGuard,
  createNonces,
  createWebCrypto,
  type GuardCrypto,
  type GuardOptions,
  type GuardRequest,
} from '@assay/guard'
import type { CoreCase, CoreRequest, CoreResult } from './core-case.ts'

/** Runs inside each runtime, so it uses nothing of Node. */

/** Unix seconds, as in the world that the cases were made in. */
const now = 1_790_000_000
const issuer = 'https://attest.example'
const audience = 'https://api.example.com'

export async function runCases(
  cases: readonly CoreCase[],
  crypto: GuardCrypto = createWebCrypto(),
): Promise<CoreResult[]> {
  const results: CoreResult[] = []
  for (const each of cases) results.push({ name: each.name, fault: await faultOf(each, crypto) })
  return results
}

async function faultOf({ guard: rules, requests, expect }: CoreCase, crypto: GuardCrypto) {
  try {
    const {
      nonces,
      apps = ['com.example.app'],
      tiers = ['affirming', 'warning'],
      mode = 'bound',
      ...rest
    } = rules
    const guard = createGuard({
      issuer,
      audience,
      apps,
      tiers,
      mode,
      ...rest,
      jwks: rules.jwks as unknown as GuardOptions['jwks'],
      clock: () => now * 1000,
      crypto,
      ...(nonces === true
        ? { nonces: createNonces({ audience, random: (length) => new Uint8Array(length), crypto }) }
        : {}),
    })
    const seen: string[] = []
    for (const request of requests) {
      const decision = await guard.verify(requestOf(request))
      seen.push(decision.ok ? 'ok' : decision.code)
    }
    return seen.join() === expect.join() ? undefined : `${seen.join()} in the place of ${expect.join()}`
  } catch (error) {
    return String(error)
  }
}

function requestOf({ method, url, as, headers }: CoreRequest): GuardRequest {
  if (as === 'Request')
    return new Request(url, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
    })
  const record: Record<string, string[]> = {}
  for (const [name, value] of headers) (record[name.toLowerCase()] ??= []).push(value)
  return { method, url, headers: record }
}
