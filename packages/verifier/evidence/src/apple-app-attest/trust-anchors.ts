import { invalidArgument } from '@assay/protocol'
import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto'
import { parseCertificate, readValidity, type RootCertificate, type Validity } from '@assay/codec/x509'
import type { TrustAnchor } from '../port/verify-context.ts'

/** A root under which App Attest certificates are issued. Name and dates count, because the path to it is strict. */
export interface AppAttestAnchor extends TrustAnchor {
  readonly key: KeyObject
  /** Name, in DER. */
  readonly subject: Uint8Array
  readonly validity: Validity
}

/**
 * An anchor from a root certificate in PEM.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) unless it is one certificate
 */
export function appAttestAnchor(name: string, pem: string): AppAttestAnchor {
  try {
    const { subject, spki, validity } = parseCertificate(new X509Certificate(pem).raw)
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
    return Object.freeze({ name, publicKey: spki, key, subject, validity: readValidity(validity) })
  } catch (cause) {
    throw Object.assign(invalidArgument('a trust anchor is not a certificate in PEM'), { cause })
  }
}

/** The one root of App Attest certificates, for production and development alike. */
export const appleAppAttestationRoot: RootCertificate = {
  name: 'Apple App Attestation Root CA',
  source: 'https://www.apple.com/certificateauthority/Apple_App_Attestation_Root_CA.pem',
  sha256: '1cb9823ba28ba6ad2d33a006941de2ae4f513ef1d4e831b9f7e0fa7b6242c932',
  notAfter: '2045-03-15T00:00:00Z',
  pem: `-----BEGIN CERTIFICATE-----
MIICITCCAaegAwIBAgIQC/O+DvHN0uD7jG5yH2IXmDAKBggqhkjOPQQDAzBSMSYw
JAYDVQQDDB1BcHBsZSBBcHAgQXR0ZXN0YXRpb24gUm9vdCBDQTETMBEGA1UECgwK
QXBwbGUgSW5jLjETMBEGA1UECAwKQ2FsaWZvcm5pYTAeFw0yMDAzMTgxODMyNTNa
Fw00NTAzMTUwMDAwMDBaMFIxJjAkBgNVBAMMHUFwcGxlIEFwcCBBdHRlc3RhdGlv
biBSb290IENBMRMwEQYDVQQKDApBcHBsZSBJbmMuMRMwEQYDVQQIDApDYWxpZm9y
bmlhMHYwEAYHKoZIzj0CAQYFK4EEACIDYgAERTHhmLW07ATaFQIEVwTtT4dyctdh
NbJhFs/Ii2FdCgAHGbpphY3+d8qjuDngIN3WVhQUBHAoMeQ/cLiP1sOUtgjqK9au
Yen1mMEvRq9Sk3Jm5X8U62H+xTD3FE9TgS41o0IwQDAPBgNVHRMBAf8EBTADAQH/
MB0GA1UdDgQWBBSskRBTM72+aEH/pwyp5frq5eWKoTAOBgNVHQ8BAf8EBAMCAQYw
CgYIKoZIzj0EAwMDaAAwZQIwQgFGnByvsiVbpTKwSga0kP0e8EeDS4+sQmTvb7vn
53O5+FRXgeLhpJ06ysC5PrOyAjEAp5U4xDgEgllF7En3VcE3iexZZtKeYnpqtijV
oyFraWVIyd/dganmrduC1bmTBGwD
-----END CERTIFICATE-----
`,
}
