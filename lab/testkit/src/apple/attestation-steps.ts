import type { EvidenceItem } from '@assay/protocol'
import type { Authority } from '../x509/authority.ts'
import type { CertificateTemplate } from '../x509/certificate.ts'
import type { AppAttestKey } from './app-attest-key.ts'
import type { AttestedData } from './authenticator-data.ts'
import type { AppleHierarchy } from './hierarchy.ts'

/** Who signs the leaf, and the certificate that is sent as its issuer's. */
export interface LeafIssuer {
  readonly signer: Authority
  readonly sent: Authority
}

/** Members of the CBOR object. */
export interface AttestationObject {
  readonly fmt: string
  readonly attStmt: { readonly x5c: readonly Uint8Array[]; readonly receipt: Uint8Array }
  readonly authData: Uint8Array
}

/** What happens on the way to an attestation, in this order. A fault replaces some of it. */
export interface AttestationSteps {
  readonly key: (key: AppAttestKey) => AppAttestKey
  readonly parts: (parts: AttestedData) => AttestedData
  /** The authenticator data that is attested. */
  readonly data: (data: Buffer) => Buffer
  readonly clientDataHash: (hash: Uint8Array) => Uint8Array
  readonly issuer: (hierarchy: AppleHierarchy) => LeafIssuer
  readonly leaf: (template: CertificateTemplate) => CertificateTemplate
  readonly chain: (chain: readonly Buffer[], hierarchy: AppleHierarchy) => readonly Buffer[]
  /** The authenticator data that is sent. */
  readonly sentData: (data: Buffer) => Buffer
  readonly object: (object: AttestationObject) => Readonly<Record<string, unknown>>
  readonly bytes: (encoded: Buffer) => Buffer
  readonly keyId: (keyId: Buffer) => Buffer
  readonly item: (item: EvidenceItem) => EvidenceItem
}

export const genuineSteps: AttestationSteps = {
  key: (key) => key,
  parts: (parts) => parts,
  data: (data) => data,
  clientDataHash: (hash) => hash,
  issuer: ({ intermediate }) => ({ signer: intermediate, sent: intermediate }),
  leaf: (template) => template,
  chain: (chain) => chain,
  sentData: (data) => data,
  object: (object) => ({ ...object }),
  bytes: (encoded) => encoded,
  keyId: (keyId) => keyId,
  item: (item) => item,
}
