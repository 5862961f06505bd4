import type { RootCertificate as Root } from '@assay/codec/x509'

/** A root certificate as Google publishes it. Only its key counts: one that has expired is as good as another. */
export interface RootCertificate extends Root {
  /** RFC 3339. */
  readonly notBefore: string
}
