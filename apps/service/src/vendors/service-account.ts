import type { Clock } from '../system/ports.ts'
import { readServiceAccountKey } from './service-account-key.ts'
import { VendorError } from './vendor-error.ts'

/** A Google service account that signs its own access tokens (RFC 7523), so that it need not request any. */
export interface ServiceAccount {
  /** The value of an `Authorization` header. @throws VendorError `VENDOR_CREDENTIALS` */
  authorization(): Promise<string>
  /** Makes the next call read the file again: Google did not accept the signature. */
  forget(): void
}

interface ServiceAccountOptions {
  /**
   * The key of a service account as Google's console exports it; `undefined`: there is none, and every call is refused,
   * because nothing is searched elsewhere.
   */
  file: string | undefined
  scope: string
  clock: Clock
}

/** Seconds: Google accepts tokens that live for at most an hour. */
const lifetime = 3_600
/** Seconds before its expiry at which a token is signed again. */
const margin = 300

export function serviceAccount(options: ServiceAccountOptions): ServiceAccount {
  let signed: { token: Promise<string>; until: number } | undefined
  return {
    async authorization() {
      const now = Math.floor(options.clock() / 1000)
      const left = signed === undefined ? 0 : signed.until - now
      // A clock that was set back must not make a token last longer.
      if (signed === undefined || left <= margin || left > lifetime)
        signed = { token: sign(options, now), until: now + lifetime }
      const current = signed
      try {
        return `Bearer ${await current.token}`
      } catch (error) {
        if (signed === current) signed = undefined
        throw error instanceof VendorError ? error : new VendorError('VENDOR_CREDENTIALS')
      }
    },
    forget() {
      signed = undefined
    },
  }
}

async function sign({ file, scope }: ServiceAccountOptions, now: number): Promise<string> {
  if (file === undefined) throw new VendorError('VENDOR_CREDENTIALS')
  const account = await readServiceAccountKey(file)
  if (typeof account === 'string') throw new VendorError('VENDOR_CREDENTIALS')
  const { email, key, keyId } = account
  // Loaded on demand: it takes memory that a service without standard requests would never use.
  const { SignJWT } = await import('jose')
  return new SignJWT({ scope })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) })
    .setIssuer(email)
    .setSubject(email)
    .setIssuedAt(now)
    .setExpirationTime(now + lifetime)
    .sign(key)
}
