import type { KeyPair } from '../keys/key-pair.ts'
import { issueCertificate, type CertificateTemplate } from './certificate.ts'

/** Who issues certificates: what its own certificate says, what it is, and its keys. */
export interface Authority {
  readonly keys: KeyPair
  readonly template: CertificateTemplate
  readonly certificate: Buffer
}

/** What a template says but for subject's key and signature, which `createAuthority` fills in. */
export type AuthorityTemplate = Omit<CertificateTemplate, 'spki' | 'signer' | 'issuer'>

/** Issued by `issuer`, or by itself. */
export function createAuthority(
  keys: KeyPair,
  template: AuthorityTemplate,
  issuer?: Pick<Authority, 'keys' | 'template'>,
): Authority {
  const complete = {
    ...template,
    issuer: issuer?.template.subject ?? template.subject,
    spki: keys.spki,
    signer: issuer?.keys ?? keys,
  }
  return { keys, template: complete, certificate: issueCertificate(complete) }
}

/** The same authority under a certificate that says something else. */
export function reissue(
  { keys, template }: Authority,
  changes: Partial<CertificateTemplate>,
  newKeys: KeyPair = keys,
): Authority {
  const changed = { ...template, spki: newKeys.spki, ...changes }
  return { keys: newKeys, template: changed, certificate: issueCertificate(changed) }
}
