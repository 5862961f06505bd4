import { newKeyPair } from '../keys/new-key-pair.ts'
import { createAuthority, type Authority } from '../x509/authority.ts'
import { attribute, basicConstraints, keyUsage } from '../x509/certificate.ts'
import type { GoogleRoots } from './keybox.ts'

const seconds = (iso: string): number => Date.parse(iso) / 1000

/** Two roots, each made on first use: an RSA key takes a while. */
export function createGoogleRoots(): GoogleRoots {
  let rsa: Authority | undefined
  let ec: Authority | undefined
  return {
    get rsa() {
      return (rsa ??= createRsaRoot())
    },
    get ec() {
      return (ec ??= createEcRoot())
    },
  }
}

function createRsaRoot(): Authority {
  return createAuthority(newKeyPair('RSA'), {
    serial: 0x0a55a7e57001n,
    subject: [[attribute.serialNumber, 'a55a7e57000000ca']],
    notBefore: seconds('2022-03-20T18:07:48Z'),
    notAfter: seconds('2042-03-15T18:07:48Z'),
    extensions: [basicConstraints(true), keyUsage('keyCertSign')],
    hash: 'sha256',
  })
}

function createEcRoot(): Authority {
  return createAuthority(newKeyPair('P-384'), {
    serial: 0x0a55a7e57002n,
    subject: [
      [attribute.commonName, 'Key Attestation CA1'],
      [attribute.organizationalUnit, 'Android'],
      [attribute.organization, 'Assay Testkit'],
      [attribute.country, 'US'],
    ],
    notBefore: seconds('2025-07-17T22:32:18Z'),
    notAfter: seconds('2035-07-15T22:32:18Z'),
    extensions: [basicConstraints(true), keyUsage('keyCertSign', 'crlSign')],
    hash: 'sha384',
  })
}
