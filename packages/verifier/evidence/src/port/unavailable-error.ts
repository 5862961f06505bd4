/**
 * Something outside that a verification hangs on cannot be used now: a malfunction, and never a verdict. The same
 * evidence may come again.
 */
export class UnavailableError extends Error {
  override readonly name: string = 'UnavailableError'
}
