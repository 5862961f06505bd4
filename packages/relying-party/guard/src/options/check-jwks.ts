import type { JsonValue } from '@assay/protocol'
import type { GuardCrypto } from '../crypto/guard-crypto.ts'
import { describeKeys, KeySetError, type DescribedKey } from '../jwks/key-set.ts'
import { createStaticKeys, type KeySource } from '../jwks/key-source.ts'
import { RemoteKeys } from '../jwks/remote-keys.ts'
import { checkFetchedUrl } from './check-url.ts'
import type { GuardOptions, RemoteJwks } from './guard-options.ts'
import { functionOf, knownMembers, misuse, numberWithin } from './misuse.ts'

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function checkJwks(
  crypto: GuardCrypto,
  { jwks, clock }: Pick<GuardOptions, 'jwks' | 'clock'>,
  admitsPlainHttp: boolean,
): KeySource {
  if (typeof jwks !== 'object' || jwks === null) throw misuse('jwks', 'a JWKS, or { url, fetch }')
  return 'url' in jwks
    ? checkRemote(crypto, { jwks, clock }, admitsPlainHttp)
    : createStaticKeys(crypto, describeStatic(jwks))
}

function describeStatic(jwks: object): DescribedKey[] {
  try {
    return describeKeys(jwks as JsonValue)
  } catch (cause) {
    if (cause instanceof KeySetError) throw misuse('jwks', `a usable set of keys (${cause.message})`)
    throw cause
  }
}

const remoteMembers: Readonly<Record<keyof RemoteJwks, true>> = {
  url: true,
  fetch: true,
  maxAge: true,
  cooldown: true,
  timeout: true,
  maxBytes: true,
  staleIfError: true,
}

function checkRemote(
  crypto: GuardCrypto,
  { jwks, clock }: { jwks: RemoteJwks; clock: () => number },
  admitsPlainHttp: boolean,
): RemoteKeys {
  knownMembers('jwks', jwks, remoteMembers)
  const maxAge = numberWithin('jwks.maxAge', jwks.maxAge, { least: 30, most: 3600, otherwise: 600 })
  return new RemoteKeys(crypto, {
    url: checkFetchedUrl('jwks.url', jwks.url, admitsPlainHttp),
    fetch: functionOf('jwks.fetch', jwks.fetch),
    maxAge,
    clock: () => clock() / 1000,
    cooldown: numberWithin('jwks.cooldown', jwks.cooldown, {
      least: 1,
      // After half of its maximum age a set is renewed in the background.
      most: Math.min(600, maxAge / 2),
      otherwise: Math.min(30, maxAge / 2),
    }),
    timeout: numberWithin('jwks.timeout', jwks.timeout, { least: 0.05, most: 60, otherwise: 5 }),
    maxBytes: numberWithin('jwks.maxBytes', jwks.maxBytes, {
      least: 256,
      most: 1_048_576,
      otherwise: 65_536,
    }),
    staleIfError: numberWithin('jwks.staleIfError', jwks.staleIfError, {
      least: 0,
      most: 3600,
      otherwise: 3600,
    }),
  })
}
