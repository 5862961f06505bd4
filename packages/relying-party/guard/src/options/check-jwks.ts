import type { JsonValue } from '@assay/protocol'
import type { GuardCrypto } from '../crypto/guard-crypto.ts'
import { describeKeys, KeySetError, type DescribedKey } from '../keys/key-set.ts'
import { createStaticKeys, type KeySource } from '../keys/key-source.ts'
import { RemoteKeys } from '../keys/remote-keys.ts'
import { allowPlainHttp, type GuardOptions, type RemoteJwks } from './guard-options.ts'
import { numberWithin, typeMisuse, valueMisuse } from './misuse.ts'

/** @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`) */
export function checkJwks(crypto: GuardCrypto, jwks: GuardOptions['jwks']): KeySource {
  if (typeof jwks !== 'object' || jwks === null) throw typeMisuse('jwks', 'a JWKS, or { url, fetch }')
  return 'url' in jwks ? checkRemote(crypto, jwks) : createStaticKeys(crypto, describeStatic(jwks))
}

function describeStatic(jwks: object): DescribedKey[] {
  try {
    return describeKeys(jwks as JsonValue)
  } catch (cause) {
    if (cause instanceof KeySetError) throw valueMisuse('jwks', `a usable set of keys (${cause.message})`)
    throw cause
  }
}

function checkRemote(crypto: GuardCrypto, jwks: RemoteJwks): RemoteKeys {
  if (typeof jwks.url !== 'string') throw typeMisuse('jwks.url', 'text')
  if (typeof jwks.fetch !== 'function') throw typeMisuse('jwks.fetch', 'a function')
  checkUrl(jwks)
  const maxAge = numberWithin('jwks.maxAge', jwks.maxAge, { least: 30, most: 3600, otherwise: 600 })
  return new RemoteKeys(crypto, {
    url: jwks.url,
    fetch: jwks.fetch,
    maxAge,
    cooldown: numberWithin('jwks.cooldown', jwks.cooldown, {
      least: 1,
      most: Math.min(600, maxAge),
      otherwise: 30,
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

function checkUrl(jwks: RemoteJwks): void {
  let url: URL
  try {
    url = new URL(jwks.url)
  } catch {
    throw valueMisuse('jwks.url', 'an absolute URL')
  }
  if (url.username !== '' || url.password !== '')
    throw valueMisuse('jwks.url', 'a URL without user and password')
  if (url.protocol === 'https:') return
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol !== 'http:' || !(isHere || jwks[allowPlainHttp] === true)) {
    throw valueMisuse('jwks.url', 'https, or http to this machine')
  }
}
