import type { AdmittedRequest } from '@assay/guard'

/** A request that the guard has admitted, and that a route takes. */
export interface ProxiedRequest {
  /** Name of the route. */
  readonly route: string
  readonly caller: AdmittedRequest
  /** IP address of the caller, as the peer or a trusted proxy states it. */
  readonly address: string | undefined
}
