import { newKeyPair } from '../keys/key-pair.ts'
import { createAuthority } from '../x509/authority.ts'
import { attribute, basicConstraints, extension, pemOf } from '../x509/certificate.ts'
import { encode, oid, sequence } from '../x509/der.ts'

/** What can be wrong with the certificates of a developer. */
export const developerFaults = [
  'leaf-for-something-else',
  'leaf-expired',
  'issuer-not-for-developers',
  'issuer-no-authority',
  'issuer-expired',
] as const
export type DeveloperFault = (typeof developerFaults)[number]

/** Apple, as far as developers sign apps with certificates of hers. */
export interface DeveloperCa {
  /** PEM. */
  readonly root: string
  /** In DER: a developer's certificate for code, of a new key, and its issuer's. */
  certificates(teamId: string, fault?: DeveloperFault): readonly [leaf: Buffer, issuer: Buffer]
}

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
  return {
    root: pemOf(root.certificate),
    certificates(teamId, fault) {
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
      const { certificate } = createAuthority(
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
      return [certificate, issuer.certificate]
    },
  }
}
