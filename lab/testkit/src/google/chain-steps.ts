import type { EvidenceItem } from '@assay/protocol'
import type { Authority } from '../x509/authority.ts'
import type { CertificateTemplate } from '../x509/certificate.ts'
import type { KeyDescriptionParts, KeyStatement } from './key-description.ts'
import type { GoogleRoots, Keybox } from './keybox.ts'

/** From the attestation certificate up to the root. */
export type KeyboxPath = Keybox['path']

/** What happens on the way to a chain, in this order. A fault replaces some of it. */
export interface ChainSteps {
  readonly statement: (statement: KeyStatement) => KeyStatement
  readonly parts: (parts: KeyDescriptionParts) => KeyDescriptionParts
  /** The key description in DER. */
  readonly description: (encoded: Buffer) => Buffer
  readonly path: (path: KeyboxPath, roots: GoogleRoots) => KeyboxPath
  readonly leaf: (template: CertificateTemplate) => CertificateTemplate
  /** Leaf first. Anyone who has the attested key can have it sign like an authority's. */
  readonly chain: (chain: readonly Buffer[], leaf: Authority) => readonly Buffer[]
  readonly item: (item: EvidenceItem) => EvidenceItem
}

export const genuineChain: ChainSteps = {
  statement: (statement) => statement,
  parts: (parts) => parts,
  description: (encoded) => encoded,
  path: (path) => path,
  leaf: (template) => template,
  chain: (chain) => chain,
  item: (item) => item,
}
