import { createHash, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { googleAnchors, googleRoots, softwareRoots } from '../../src/android-key-attestation/index.ts'

const published = path.join(import.meta.dirname, '../../../../../../shared/roots')

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const spkiOf = ({ publicKey }: X509Certificate): Buffer => publicKey.export({ type: 'spki', format: 'der' })

test.each(googleRoots)(
  '$name is what is written beside it',
  ({ pem, sha256: digest, notBefore, notAfter, source }) => {
    const certificate = new X509Certificate(pem)
    expect(sha256(certificate.raw)).toBe(digest)
    expect(Date.parse(certificate.validFrom)).toBe(Date.parse(notBefore))
    expect(Date.parse(certificate.validTo)).toBe(Date.parse(notAfter))
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(new URL(source).protocol).toBe('https:')
  },
)

test('roots and anchors have names', () => {
  expect(googleRoots.map(({ name }) => name)).toEqual([
    'google-hw-attestation-rsa-2022',
    'google-hw-attestation-rsa-2021',
    'google-hw-attestation-rsa-2019',
    'google-hw-attestation-rsa-2016',
    'google-key-attestation-ca1-ec-p384',
  ])
  expect(googleAnchors.map(({ name }) => name)).toEqual([
    'google-hw-attestation-rsa',
    'google-key-attestation-ca1',
  ])
})

test('the roots of software attestation are these two', () => {
  expect(softwareRoots).toEqual([
    {
      name: 'google-software-root-ec',
      spkiSha256: 'd5100c7942ef2e8310dc30ef82729680cf48d690735c3f68179a33c7c370f286',
    },
    {
      name: 'google-software-root-rsa',
      spkiSha256: 'f2c4746f545946c100e72297f8f946344d7052f03a2f694221f9c893b0e6f711',
    },
  ])
})

test('the anchors are the keys of these certificates, each once', () => {
  const keys = googleRoots.map(({ pem }) => spkiOf(new X509Certificate(pem)).toString('hex'))
  const anchors = googleAnchors.map(({ publicKey }) => Buffer.from(publicKey).toString('hex'))
  expect(new Set(anchors)).toEqual(new Set(keys))
  expect(anchors).toHaveLength(new Set(keys).size)
  expect(googleAnchors.map(({ publicKey }) => sha256(publicKey))).toEqual([
    'feb2ea7551ee316ed4bb443c8293b884dbfdea40b603ee3e4f4a897e4580fbae',
    '3ee44512a1af2beb39c889490c60ea3f82e43f5d5a5532f5ab9419f676cd07ec',
  ])
})

test('no root of software attestation is an anchor', () => {
  const anchors = googleAnchors.map(({ publicKey }) => sha256(publicKey))
  expect(softwareRoots.filter(({ spkiSha256 }) => anchors.includes(spkiSha256))).toEqual([])
})

test('they are the published ones', () => {
  if (!existsSync(published)) {
    console.log('not run: the published root certificates are not beside the checkout')
    expect(process.env.ASSAY_REQUIRE_ALL).not.toBe('1')
    return
  }
  const trusted = [
    ...readFileSync(path.join(published, 'README.md'), 'utf8').matchAll(
      /`(google-[^`]*\.pem)`.*\*\*trusted/g,
    ),
  ]
  const digests = trusted.map(([, file]) => sha256(read(file as string).raw))
  expect(googleRoots.map(({ sha256: digest }) => digest).sort()).toEqual(digests.sort())
  const untrusted = ['ec', 'rsa'].map((kind) => spkiOf(read(`UNTRUSTED-google-software-root-${kind}.pem`)))
  expect(softwareRoots.map(({ spkiSha256 }) => spkiSha256)).toEqual(untrusted.map(sha256))
})

function read(file: string): X509Certificate {
  return new X509Certificate(readFileSync(path.join(published, file)))
}
