import { newKeyPair } from '../keys/new-key-pair.ts'
import { createAuthority, type Authority } from '../x509/authority.ts'
import { attribute, basicConstraints, keyUsage, type Name } from '../x509/certificate.ts'

/** A root and the intermediate below it, as Apple has them for App Attest. */
export interface AppleHierarchy {
  readonly root: Authority
  readonly intermediate: Authority
}

const seconds = (iso: string): number => Date.parse(iso) / 1000

/** @param owner is in the names, which nobody can take for Apple's */
export function createHierarchy(owner: string): AppleHierarchy {
  const root = createAuthority(newKeyPair('P-384'), {
    serial: 0x0bf3be0ef1cdd2e0fb8c6e721f621798n,
    subject: nameOf(`${owner} App Attestation Root CA`, owner),
    notBefore: seconds('2020-03-18T18:32:53Z'),
    notAfter: seconds('2045-03-15T00:00:00Z'),
    extensions: [basicConstraints(true), keyUsage('keyCertSign', 'crlSign')],
    hash: 'sha384',
  })
  const intermediate = createAuthority(
    newKeyPair('P-384'),
    {
      serial: 0x09bac5e1bc401ad9d45395bc381a0854n,
      subject: nameOf(`${owner} App Attestation CA 1`, owner),
      notBefore: seconds('2020-03-18T18:39:55Z'),
      notAfter: seconds('2030-03-13T00:00:00Z'),
      extensions: [basicConstraints(true, 0), keyUsage('keyCertSign', 'crlSign')],
      hash: 'sha384',
    },
    root,
  )
  return { root, intermediate }
}

function nameOf(commonName: string, organization: string): Name {
  return [
    [attribute.commonName, commonName],
    [attribute.organization, organization],
    [attribute.state, 'California'],
  ]
}
