import { describe, expect, it } from 'vitest'
import { newKeyPair } from '../../../../../lab/testkit/src/keys/key-pair.ts'
import { createAuthority } from '../../../../../lab/testkit/src/x509/authority.ts'
import {
  attribute,
  basicConstraints,
  extension,
  pemOf,
  type CertificateTemplate,
} from '../../../../../lab/testkit/src/x509/certificate.ts'
import { encode, oid, sequence } from '../../../../../lab/testkit/src/x509/der.ts'
import { uploadSigner } from '../../../src/provisioning/builds/upload-signer.ts'

const team = 'ABCDE12345'
const now = Date.parse('2026-11-27T00:00:00Z')
const year = 31_536_000
const dates = { notBefore: now / 1000 - year, notAfter: now / 1000 + year, hash: 'sha256' } as const
const forCode = extension('2.5.29.37', encode(sequence(oid('1.3.6.1.5.5.7.3.3'))))
const forDevelopers = extension('1.2.840.113635.100.6.2.1', Buffer.from('0500', 'hex'))

const root = createAuthority(newKeyPair('P-384'), {
  ...dates,
  serial: 1n,
  subject: [[attribute.commonName, 'Testkit Root CA']],
  extensions: [basicConstraints(true)],
})

/** A developer's certificate and its issuer's, each part of which can be made to lie. */
function chain({
  leaf = {},
  issuer = {},
}: { leaf?: Partial<CertificateTemplate>; issuer?: Partial<CertificateTemplate> } = {}) {
  const intermediate = createAuthority(
    newKeyPair('P-256'),
    {
      ...dates,
      serial: 2n,
      subject: [[attribute.commonName, 'Testkit Developer Relations']],
      extensions: [basicConstraints(true), forDevelopers],
      ...issuer,
    },
    root,
  )
  const { certificate } = createAuthority(
    newKeyPair('P-256'),
    {
      ...dates,
      serial: 3n,
      subject: [
        [attribute.organizationalUnit, team],
        [attribute.commonName, 'Apple Distribution: Example'],
      ],
      extensions: [basicConstraints(false), forCode],
      ...leaf,
    },
    intermediate,
  )
  return [certificate, intermediate.certificate].map((each) => each.toString('base64'))
}

const slice = (certificates: string[], teamId: string | null = team) => ({
  arch: 'arm64' as const,
  uuid: null,
  cdHash: '',
  identifier: 'com.example.app',
  hashType: 'sha256' as const,
  teamId,
  certificates,
})
const expected = { roots: [pemOf(root.certificate)], teams: [team], known: [], now }
const signerOf = (slices: ReturnType<typeof slice>[], more = {}) =>
  uploadSigner({ format: 'ipa', codeSignature: slices }, { ...expected, ...more })

describe('an IPA', () => {
  it('by a certificate of Apple for the app’s team is known by it', () => {
    const signer = signerOf([slice(chain())])
    expect(signer).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), warnings: [] })
    expect(signerOf([slice(chain())], { known: ['0'.repeat(64)] }).warnings).toEqual([
      'signing_certificate_new',
    ])
    const certificates = chain()
    const { sha256 } = signerOf([slice(certificates)])
    expect(signerOf([slice(certificates)], { known: [sha256] }).warnings).toEqual([])
  })

  it('of a team that is not registered is told', () => {
    expect(signerOf([slice(chain())], { teams: [] }).warnings).toEqual(['team_unknown'])
  })

  it.each([
    ['nobody has signed', []],
    ['has no signature of a developer', [slice([])]],
    ['names another team than its certificate', [slice(chain(), 'OTHER12345')]],
    ['has slices by two certificates', [slice(chain()), slice(chain())]],
    ['lacks the certificate of the issuer', [slice(chain().slice(0, 1))]],
    ['is signed by a certificate for something else', [slice(chain({ leaf: { extensions: [] } }))]],
    [
      'is by an issuer that is not for developers',
      [slice(chain({ issuer: { extensions: [basicConstraints(true)] } }))],
    ],
    ['is by an issuer that may issue nothing', [slice(chain({ issuer: { extensions: [forDevelopers] } }))]],
    ['is by an expired certificate', [slice(chain({ leaf: { notAfter: now / 1000 - 1 } }))]],
    ['is by an expired issuer', [slice(chain({ issuer: { notAfter: now / 1000 - 1 } }))]],
    ['holds nonsense', [slice(['AAAA', 'AAAA'])]],
  ])('that %s is told', (_what, slices) => {
    expect(signerOf(slices)).toEqual({ sha256: undefined, warnings: ['signer_not_apple'] })
  })

  it('under another root is told, and other builds have no such signer', () => {
    expect(signerOf([slice(chain())], { roots: [] }).warnings).toEqual(['signer_not_apple'])
    expect(uploadSigner({ format: 'web', codeSignature: [] }, expected)).toEqual({
      sha256: undefined,
      warnings: [],
    })
  })
})
