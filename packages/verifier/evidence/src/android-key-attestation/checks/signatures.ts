import { createHash, type KeyObject } from 'node:crypto'
import type { Certificate } from '@assay/codec/x509'
import type { ChainKind } from '../chain/chain-kind.ts'
import { loadIssuerKey, verifyCertificate } from '../chain/certificate-signature.ts'
import type { IssuerKeys } from '../chain/issuer-keys.ts'

/**
 * Each certificate is signed by the key of the next one. From the root down, so that no key is used which is not
 * vouched for, and the key of the leaf not at all: it may be of a kind that Node cannot load.
 *
 * Nothing else of X.509 is asked: the attestation certificates of genuine devices say that they are no CA, exceed path
 * lengths, or lack keyCertSign. That the chain is not extended is what `checks/attestation-extension.ts` sees to.
 */
export function checkSignatures(
  certificates: readonly Certificate[],
  kind: ChainKind,
  issuers: IssuerKeys,
): void {
  // A remotely provisioned attestation certificate belongs to one device for some weeks: not worth keeping its key.
  const shared = kind === 'remote' ? 2 : 1
  let key = issuerKey(certificates, shared, issuers)
  for (let i = shared - 1; i > 0; i--) {
    const certificate = certificates[i] as Certificate
    verifyCertificate(certificate, key)
    key = loadIssuerKey(certificate)
  }
  verifyCertificate(certificates[0] as Certificate, key)
}

/** The key of certificate `i`, itself verified up to the last one, whose key is an anchor's. */
function issuerKey(certificates: readonly Certificate[], i: number, issuers: IssuerKeys): KeyObject {
  const path = pathDigest(certificates.slice(i))
  const known = issuers.get(path)
  if (known !== undefined) return known
  const certificate = certificates[i] as Certificate
  if (i < certificates.length - 1) verifyCertificate(certificate, issuerKey(certificates, i + 1, issuers))
  const key = loadIssuerKey(certificate)
  issuers.set(path, key)
  return key
}

// DER says where it ends, so that two paths do not run together into one.
function pathDigest(path: readonly Certificate[]): string {
  const hash = createHash('sha256')
  for (const { encoded } of path) hash.update(encoded)
  return hash.digest('base64')
}
