/** The built-in settings of a release of the page. */
export interface PageSettings {
  /** URL of the attestation service. */
  endpoint: string
  app: string
  build: string
  /** URL of the protected API, which is its audience as well. */
  api: string
  /** URL of a server that is not a protected API. */
  elsewhere: string
}
