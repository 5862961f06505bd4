/** A root certificate as its vendor publishes it. */
export interface RootCertificate {
  readonly name: string
  /** Where the vendor publishes it. */
  readonly source: string
  /** Of the certificate in DER, lower-case hex. */
  readonly sha256: string
  /** RFC 3339. Only the key counts, so that a root certificate that has expired is as good as another. */
  readonly notBefore: string
  readonly notAfter: string
  readonly pem: string
}
