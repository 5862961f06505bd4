import { X509Certificate } from 'node:crypto'
import { newKeyPair } from '../keys/new-key-pair.ts'
import { createAuthority, type Authority } from '../x509/authority.ts'
import { attribute, basicConstraints, keyUsage, type Name } from '../x509/certificate.ts'
import type { KeyboxPath } from './chain-steps.ts'

const organization: Name = [
  [attribute.country, 'US'],
  [attribute.state, 'California'],
  [attribute.organization, 'Google, Inc.'],
  [attribute.organizationalUnit, 'Android'],
]
const seconds = (iso: string): number => Date.parse(iso) / 1000

/**
 * What an emulator attests keys with: the path of Android's software keystore. Its root is the published one; the
 * certificates below are of keys of our own, because by its root alone it is worth nothing.
 */
export function createSoftwarePath(): KeyboxPath {
  const root = publishedRoot()
  const template = {
    serial: 0x1001n,
    subject: [...organization, [attribute.commonName, 'Android Software Attestation Key']],
    notBefore: seconds('2016-01-11T00:46:09Z'),
    notAfter: seconds('2026-01-08T00:46:09Z'),
    extensions: [basicConstraints(true, 0), keyUsage('keyCertSign')],
    hash: 'sha256',
  } as const
  return [createAuthority(newKeyPair('P-256'), template, root), root]
}

function publishedRoot(): Authority {
  const standIn = createAuthority(newKeyPair('P-256'), {
    serial: 0xa2059ed10e435b57n,
    subject: [...organization, [attribute.commonName, 'Android Keystore Software Attestation Root']],
    notBefore: seconds('2016-01-11T00:43:50Z'),
    notAfter: seconds('2036-01-06T00:43:50Z'),
    extensions: [basicConstraints(true), keyUsage('keyCertSign')],
    hash: 'sha256',
  })
  return { ...standIn, certificate: new X509Certificate(rootPem).raw }
}

/** Its private key is published with Android's sources. */
const rootPem = `-----BEGIN CERTIFICATE-----
MIICizCCAjKgAwIBAgIJAKIFntEOQ1tXMAoGCCqGSM49BAMCMIGYMQswCQYDVQQG
EwJVUzETMBEGA1UECAwKQ2FsaWZvcm5pYTEWMBQGA1UEBwwNTW91bnRhaW4gVmll
dzEVMBMGA1UECgwMR29vZ2xlLCBJbmMuMRAwDgYDVQQLDAdBbmRyb2lkMTMwMQYD
VQQDDCpBbmRyb2lkIEtleXN0b3JlIFNvZnR3YXJlIEF0dGVzdGF0aW9uIFJvb3Qw
HhcNMTYwMTExMDA0MzUwWhcNMzYwMTA2MDA0MzUwWjCBmDELMAkGA1UEBhMCVVMx
EzARBgNVBAgMCkNhbGlmb3JuaWExFjAUBgNVBAcMDU1vdW50YWluIFZpZXcxFTAT
BgNVBAoMDEdvb2dsZSwgSW5jLjEQMA4GA1UECwwHQW5kcm9pZDEzMDEGA1UEAwwq
QW5kcm9pZCBLZXlzdG9yZSBTb2Z0d2FyZSBBdHRlc3RhdGlvbiBSb290MFkwEwYH
KoZIzj0CAQYIKoZIzj0DAQcDQgAE7l1ex+HA220Dpn7mthvsTWpdamguD/9/SQ59
dx9EIm29sa/6FsvHrcV30lacqrewLVQBXT5DKyqO107sSHVBpKNjMGEwHQYDVR0O
BBYEFMit6XdMRcOjzw0WEOR5QzohWjDPMB8GA1UdIwQYMBaAFMit6XdMRcOjzw0W
EOR5QzohWjDPMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgKEMAoGCCqG
SM49BAMCA0cAMEQCIDUho++LNEYenNVg8x1YiSBq3KNlQfYNns6KGYxmSGB7AiBN
C/NR2TB8fVvaNTQdqEcbY6WFZTytTySn502vQX3xvw==
-----END CERTIFICATE-----
`
