import type { JWT } from 'google-auth-library'
import { readServiceAccountKey } from './service-account-key.ts'
import { VendorError } from './vendor-error.ts'

/** A Google service account that signs its own access tokens (RFC 7523), so that none has to be asked for. */
export interface ServiceAccount {
  /** The value of an `Authorization` header. @throws VendorError `VENDOR_CREDENTIALS` */
  authorization(): Promise<string>
  /** Reads the file again for the next call: Google did not accept what was signed. */
  forget(): void
}

/**
 * @param file the key of a service account as Google's console gives it out; `undefined`: there is none, and every call
 *   is refused, for nothing is to be looked for elsewhere
 */
export function serviceAccount(file: string | undefined, scope: string): ServiceAccount {
  let client: Promise<JWT> | undefined
  return {
    async authorization() {
      client ??= clientOf(file, scope)
      try {
        const headers = await (await client).getRequestHeaders()
        return authorizationOf(headers)
      } catch (error) {
        client = undefined
        throw error instanceof VendorError ? error : new VendorError('VENDOR_CREDENTIALS')
      }
    },
    forget() {
      client = undefined
    },
  }
}

async function clientOf(file: string | undefined, scope: string): Promise<JWT> {
  if (file === undefined) throw new VendorError('VENDOR_CREDENTIALS')
  const account = await readServiceAccountKey(file)
  if (typeof account === 'string') throw new VendorError('VENDOR_CREDENTIALS')
  const { email, key, keyId } = account
  // Loaded when it is needed: it takes memory that a service without standard requests would never use.
  const { JWT } = await import('google-auth-library')
  const client = new JWT({ email, key, scopes: [scope], ...(keyId === undefined ? {} : { keyId }) })
  // Otherwise it would fetch a token, from an address that is fixed in the library.
  client.useJWTAccessWithScope = true
  return client
}

function authorizationOf(headers: Headers): string {
  const value = headers.get('authorization')
  if (value === null) throw new VendorError('VENDOR_CREDENTIALS')
  return value
}
