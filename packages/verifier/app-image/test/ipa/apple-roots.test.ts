import { createHash, X509Certificate } from 'node:crypto'
import { expect, it } from 'vitest'
import { appleCodeSigningRoots } from '../../src/ipa/apple-signer.ts'

it.each(appleCodeSigningRoots)(
  '$name is the certificate that its facts say',
  ({ name, pem, sha256, notAfter }) => {
    const root = new X509Certificate(pem)
    expect(createHash('sha256').update(root.raw).digest('hex')).toBe(sha256)
    expect(new Date(root.validTo).toISOString()).toBe(notAfter.replace('Z', '.000Z'))
    expect(root.subject).toContain(`CN=${name}`)
    expect(root.checkIssued(root) && root.verify(root.publicKey)).toBe(true)
  },
)
