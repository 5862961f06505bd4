import { asObject } from '../port/json-object.ts'

/**
 * Asks Google for what a token says: the `tokenPayloadExternal` of its answer, as `JSON.parse` gives it.
 *
 * Rejects with {@link UndecodableTokenError} where Google says that this is not a token of the package. Whatever else
 * it rejects with is a malfunction: spent quota, no network, a malformed answer.
 *
 * @param packageName the package whose tokens may be decoded
 * @param token as Google Play gave it to the app
 */
export type DecodeToken = (packageName: string, token: string) => Promise<unknown>

/** Google says that a token is not one of the package, or was changed. */
export class UndecodableTokenError extends Error {
  override readonly name = 'UndecodableTokenError'

  constructor(options?: ErrorOptions) {
    super('the token cannot be decoded for this package', options)
  }
}

/** How Google is asked: its REST API, as far as it is that of this format. */
export const decodingApi = {
  /** OAuth scope of the service account that asks. */
  scope: 'https://www.googleapis.com/auth/playintegrity',
  pathOf: (packageName: string) => `/v1/${encodeURIComponent(packageName)}:decodeIntegrityToken`,
  bodyOf: (token: string) => ({ integrityToken: token }),
  /** The payload in an answer; `undefined` for a malformed answer. */
  payloadOf(answer: unknown): unknown {
    const payload = asObject(asObject(answer)?.tokenPayloadExternal)
    return asObject(payload?.requestDetails) === undefined ? undefined : payload
  },
} as const
