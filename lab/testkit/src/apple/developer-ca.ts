import { sign } from 'node:crypto'
import { newKeyPair } from '../keys/new-key-pair.ts'
import { createAuthority, type Authority } from '../x509/authority.ts'
import { attribute, basicConstraints, extension, nameOf, pemOf } from '../x509/certificate.ts'
import { context, encode, encoded, integer, octets, oid, sequence, set } from '../x509/der.ts'

/** What can be wrong with the certificates of a developer. */
export const developerFaults = [
  'leaf-for-something-else',
  'leaf-expired',
  'issuer-not-for-developers',
  'issuer-no-authority',
  'issuer-expired',
] as const
export type DeveloperFault = (typeof developerFaults)[number]

/** Apple, as far as it certifies the developers who sign apps. */
export interface DeveloperCa {
  /** PEM. */
  readonly root: string
  /** In DER: a developer's certificate for code, of a new key, and its issuer's. */
  certificates(teamId: string, fault?: DeveloperFault): readonly [leaf: Buffer, issuer: Buffer]
  /** A developer with a certificate of a new key. */
  signer(teamId: string, fault?: DeveloperFault): DeveloperSigner
}

/** Signs CodeDirectories: a CMS without the directory in it, and without signed attributes. */
export type DeveloperSigner = (codeDirectory: Buffer) => Buffer

const year = 31_536_000
const forCode = extension('2.5.29.37', encode(sequence(oid('1.3.6.1.5.5.7.3.3'))))
const forDevelopers = extension('1.2.840.113635.100.6.2.1', Buffer.from('0500', 'hex'))

/** @param now Unix seconds */
export function createDeveloperCa(now: number): DeveloperCa {
  const dates = { notBefore: now - year, notAfter: now + year, hash: 'sha256' } as const
  const root = createAuthority(newKeyPair('P-384'), {
    ...dates,
    serial: 1n,
    subject: [[attribute.commonName, 'Assay Testkit Root CA']],
    extensions: [basicConstraints(true)],
  })
  const issue = (teamId: string, fault?: DeveloperFault) => {
    const issuer = createAuthority(
      newKeyPair('P-256'),
      {
        ...dates,
        ...(fault === 'issuer-expired' && { notAfter: now - 1 }),
        serial: 2n,
        subject: [[attribute.commonName, 'Assay Testkit Developer Relations']],
        extensions: [
          ...(fault === 'issuer-no-authority' ? [] : [basicConstraints(true)]),
          ...(fault === 'issuer-not-for-developers' ? [] : [forDevelopers]),
        ],
      },
      root,
    )
    const leaf = createAuthority(
      newKeyPair('P-256'),
      {
        ...dates,
        ...(fault === 'leaf-expired' && { notAfter: now - 1 }),
        serial: 3n,
        subject: [
          [attribute.organizationalUnit, teamId],
          [attribute.commonName, 'Distribution: Example'],
        ],
        extensions: [basicConstraints(false), ...(fault === 'leaf-for-something-else' ? [] : [forCode])],
      },
      issuer,
    )
    return { leaf, issuer }
  }
  return {
    root: pemOf(root.certificate),
    certificates(teamId, fault) {
      const { leaf, issuer } = issue(teamId, fault)
      return [leaf.certificate, issuer.certificate]
    },
    signer(teamId, fault) {
      const { leaf, issuer } = issue(teamId, fault)
      return (codeDirectory) => signatureOver(codeDirectory, leaf, issuer)
    },
  }
}

const sha256 = sequence(oid('2.16.840.1.101.3.4.2.1'))

function signatureOver(codeDirectory: Buffer, leaf: Authority, issuer: Authority): Buffer {
  const signerInfo = sequence(
    integer(1),
    sequence(nameOf(issuer.template.subject), integer(leaf.template.serial)),
    sha256,
    sequence(oid('1.2.840.10045.4.3.2')),
    octets(sign('sha256', codeDirectory, leaf.keys.privateKey)),
  )
  const signedData = sequence(
    integer(1),
    set(sha256),
    sequence(oid('1.2.840.113549.1.7.1')),
    context(0, encoded(leaf.certificate), encoded(issuer.certificate)),
    set(signerInfo),
  )
  return encode(sequence(oid('1.2.840.113549.1.7.2'), context(0, signedData)))
}
