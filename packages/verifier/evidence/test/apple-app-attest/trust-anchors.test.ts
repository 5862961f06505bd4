import { createHash, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { appAttestAnchor, appleAppAttestationRoot } from '../../src/apple-app-attest/index.ts'
import { codeOf } from '../codes.ts'

const { pem, sha256, notAfter, name, source } = appleAppAttestationRoot
const certificate = new X509Certificate(pem)

test('the facts of the root are those of its certificate', () => {
  expect(createHash('sha256').update(certificate.raw).digest('hex')).toBe(sha256)
  expect(Date.parse(certificate.validTo)).toBe(Date.parse(notAfter))
  expect(certificate.subject.split('\n')).toContain(`CN=${name}`)
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  expect(new URL(source).hostname).toBe('www.apple.com')
})

test('the root is the one that is published', () => {
  const folder = path.join(import.meta.dirname, '../../../../../../shared/roots')
  if (!existsSync(folder)) {
    console.log('not run: the root certificates are not beside the checkout')
    expect(process.env.ASSAY_REQUIRE_ALL).not.toBe('1')
    return
  }
  const published = readFileSync(path.join(folder, 'apple-app-attestation-root-ca.pem'), 'utf8')
  expect(new X509Certificate(published).raw.equals(certificate.raw)).toBe(true)
})

test('appAttestAnchor makes an anchor of the root certificate', () => {
  const anchor = appAttestAnchor(name, pem)
  expect(anchor.name).toBe(name)
  expect(Buffer.from(anchor.publicKey)).toEqual(certificate.publicKey.export({ format: 'der', type: 'spki' }))
  expect(anchor.validity.notAfter).toBe(Date.parse(notAfter))
})

test('text that is not a certificate is misuse', async () => {
  expect(await codeOf(() => appAttestAnchor('root', 'no certificate'))).toBe('ERR_INVALID_ARG_VALUE')
  expect(() => appAttestAnchor('root', 'no certificate')).toThrow(
    expect.objectContaining({ cause: expect.any(Error) as Error }),
  )
})
