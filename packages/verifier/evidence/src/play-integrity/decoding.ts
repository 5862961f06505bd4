/**
 * Asks Google for what a token says: the `tokenPayloadExternal` of its answer, as `JSON.parse` gives it.
 *
 * Rejects with {@link UndecodableTokenError} where Google says that this is no token of the package. Whatever else it
 * rejects with is a malfunction: spent quota, no network, an answer that is none.
 *
 * @param packageName the package whose tokens may be decoded
 * @param token as Google Play gave it to the app
 */
export type DecodeToken = (packageName: string, token: string) => Promise<unknown>

/** Google says that a token is not one of the package, or was changed. */
export class UndecodableTokenError extends Error {
  override readonly name = 'UndecodableTokenError'

  constructor(options?: ErrorOptions) {
    super('the token is not one that can be decoded for this package', options)
  }
}
