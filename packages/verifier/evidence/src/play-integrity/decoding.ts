import { asObject } from '../port/json-object.ts'

/**
 * Asks Google for the contents of a token: the `tokenPayloadExternal` of its answer, as `JSON.parse` gives it.
 *
 * Rejects with {@link UndecodableTokenError} if Google says that this is not a token for the package. Any other
 * rejection is a malfunction: spent quota, no network, a malformed answer.
 *
 * @param packageName the package whose tokens may be decoded
 * @param token as Google Play gave it to the app
 */
export type DecodeToken = (packageName: string, token: string) => Promise<unknown>

/** Google says that a token is not for the package, or was changed. */
export class UndecodableTokenError extends Error {
  override readonly name = 'UndecodableTokenError'

  constructor(options?: ErrorOptions) {
    super('the token cannot be decoded for this package', options)
  }
}

/** How Google is asked: its REST API, as far as it concerns this format. */
export const decodingApi = {
  /** OAuth scope of the service account that makes the call. */
  scope: 'https://www.googleapis.com/auth/playintegrity',
  pathOf: (packageName: string) => `/v1/${encodeURIComponent(packageName)}:decodeIntegrityToken`,
  bodyOf: (token: string) => ({ integrityToken: token }),
  /** The payload in an answer; `undefined` for a malformed answer. */
  payloadOf(answer: unknown): unknown {
    const payload = asObject(asObject(answer)?.tokenPayloadExternal)
    return asObject(payload?.requestDetails) === undefined ? undefined : payload
  },
} as const
