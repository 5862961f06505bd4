/**
 * Why a build fails because of Assay. `code` is one of `docs/errors.md`: of the CLI, or of the service that refused.
 */
export class WebBuildError extends Error {
  override readonly name = 'WebBuildError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${message} [${code}]`, options)
    this.code = code
  }
}
