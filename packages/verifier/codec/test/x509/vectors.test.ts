import { X509Certificate } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parseCertificate, readValidity } from '../../src/x509/index.ts'

const folder = path.join(import.meta.dirname, '../../../../../../shared/vectors/android-key-attestation')

interface Vector {
  readonly id: string
  readonly input: { readonly chain: readonly string[] }
  readonly expect: { readonly verdict: 'accept' | 'reject' }
}

test('certificates of real devices are read as another implementation reads them', () => {
  if (!existsSync(folder)) {
    console.log('not run: the evidence vectors are not beside the checkout')
    expect(process.env.ASSAY_REQUIRE_ALL).not.toBe('1')
    return
  }
  const genuine = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap(
      (name) => (JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as { vectors: Vector[] }).vectors,
    )
    .filter((vector) => vector.expect.verdict === 'accept')
  const certificates = new Set(genuine.flatMap(({ input }) => input.chain))
  expect(certificates.size).toBeGreaterThan(100)
  for (const encoded of certificates) compare(Buffer.from(encoded, 'base64'))
})

function compare(der: Buffer): void {
  const certificate = parseCertificate(der, { booleans: 'any-non-zero' })
  const reference = new X509Certificate(der)
  const serial = Buffer.from(certificate.serialNumber)
    .toString('hex')
    .toUpperCase()
    .replace(/^(00)+(?=.)/, '')
  expect(serial).toBe(reference.serialNumber)
  expect(readValidity(certificate.validity)).toEqual({
    notBefore: Date.parse(reference.validFrom),
    notAfter: Date.parse(reference.validTo),
  })
  expect(der.includes(Buffer.from(certificate.tbs))).toBe(true)
}
