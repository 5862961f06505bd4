import type { RootCertificate as Root } from '@assay/codec/x509'

/** A root certificate as Google publishes it. Only its key counts: an expired certificate serves just as well. */
export interface RootCertificate extends Root {
  /** RFC 3339. */
  readonly notBefore: string
}
