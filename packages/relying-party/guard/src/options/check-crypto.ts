import type { GuardCrypto } from '../crypto/guard-crypto.ts'
import { createWebCrypto } from '../crypto/web-crypto.ts'
import { port } from './misuse.ts'

/** The given implementation, or Web Crypto. @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function checkCrypto(crypto: GuardCrypto | undefined): GuardCrypto {
  if (crypto !== undefined) return port('crypto', crypto, ['decodeText', 'importKey', 'sha256', 'hmacSha256'])
  return createWebCrypto()
}
