import { encode } from 'cborg'
import { newKeyPair } from '../keys/new-key-pair.ts'
import { reissue } from '../x509/authority.ts'
import { attribute, basicConstraints, extension, type CertificateTemplate } from '../x509/certificate.ts'
import { encode as der, nothing } from '../x509/der.ts'
import { newAppAttestKey } from './app-attest-key.ts'
import { aaguids, coseKey, type AttestedData } from './authenticator-data.ts'
import type { AttestationSteps } from './attestation-steps.ts'
import { createHierarchy } from './hierarchy.ts'
import { nonceExtension, withoutNonce } from './leaf.ts'

const day = 86_400
const appendix = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.of(0)])
const flipped = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.map((each, i) => (i === 0 ? each ^ 1 : each)))

const parts =
  (change: (parts: AttestedData) => Partial<AttestedData>): AttestationSteps['parts'] =>
  (genuine) => ({ ...genuine, ...change(genuine) })

const leaf =
  (change: (template: CertificateTemplate) => Partial<CertificateTemplate>): AttestationSteps['leaf'] =>
  (genuine) => ({ ...genuine, ...change(genuine) })

/** The intermediate's certificate says something other than it should. */
const intermediate =
  (change: (template: CertificateTemplate) => Partial<CertificateTemplate>): AttestationSteps['issuer'] =>
  ({ intermediate: genuine }) => {
    const changed = reissue(genuine, change(genuine.template))
    return { signer: changed, sent: changed }
  }

/** Everything by which an attestation can be made worthless, and how. */
const table = {
  /** Attested for other client data. */
  'other-client-data': { clientDataHash: flipped },
  /** A bit of the authenticator data was changed on the way: its flags. */
  'changed-authenticator-data': {
    sentData: (data) => Buffer.concat([data.subarray(0, 32), flipped(data.subarray(32))]),
  },
  /** An app of the same bundle id by another team: a re-signed app on a genuine phone. */
  'other-team': { parts: parts(({ appId }) => ({ appId: appId.replace(/^[^.]*/, 'ZZZZZ99999') })) },
  'other-bundle-id': { parts: parts(({ appId }) => ({ appId: `${appId}.other` })) },
  /** Made in Apple's sandbox. */
  'sandbox-environment': { parts: parts(() => ({ aaguid: aaguids.development })) },
  'other-authenticator': { parts: parts(() => ({ aaguid: Buffer.alloc(16, 0xa5) })) },
  'counter-not-zero': { parts: parts(() => ({ counter: 1 })) },
  /** The app names a key that is not the attested one. */
  'key-id-mismatch': { keyId: flipped },
  'credential-id-mismatch': { parts: parts(({ credentialId }) => ({ credentialId: flipped(credentialId) })) },
  'credential-id-too-long': {
    parts: parts(({ credentialId }) => ({ credentialId: appendix(credentialId) })),
  },
  'credential-key-mismatch': { parts: parts(() => ({ credentialKey: coseKey(newAppAttestKey()) })) },
  'leaf-on-other-curve': { leaf: leaf(() => ({ spki: newKeyPair('P-384').spki })) },
  'expired-leaf': {
    leaf: leaf(({ notBefore }) => ({ notBefore: notBefore - 9 * day, notAfter: notBefore })),
  },
  'leaf-not-yet-valid': { leaf: leaf(({ notAfter }) => ({ notBefore: notAfter, notAfter: notAfter + day })) },
  'leaf-without-nonce': { leaf: leaf(({ extensions }) => ({ extensions: withoutNonce(extensions) })) },
  'leaf-with-short-nonce': {
    leaf: leaf(({ extensions }) => ({
      extensions: [...withoutNonce(extensions), nonceExtension(Buffer.alloc(31))],
    })),
  },
  'leaf-with-two-nonces': {
    leaf: leaf(({ extensions }) => ({ extensions: [...extensions, nonceExtension(Buffer.alloc(32))] })),
  },
  'unknown-critical-extension': {
    leaf: leaf(({ extensions }) => ({
      extensions: [...extensions, extension('1.3.6.1.4.1.55555.1', der(nothing()), true)],
    })),
  },
  /** The signature is sound, but of a hash that Apple does not use. */
  'leaf-signed-with-sha512': { leaf: leaf(() => ({ hash: 'sha512' })) },
  /** The leaf names another issuer than the one that is sent. */
  'other-issuer-name': { leaf: leaf(() => ({ issuer: [[attribute.commonName, 'Somebody Else']] })) },
  /** Signed by another intermediate of the same name than the one that is sent. */
  'other-intermediate': {
    issuer: ({ intermediate: sent }) => ({ signer: reissue(sent, {}, newKeyPair('P-384')), sent }),
  },
  'expired-intermediate': { issuer: intermediate(({ notBefore }) => ({ notAfter: notBefore + day })) },
  'intermediate-no-ca': { issuer: intermediate(() => ({ extensions: [basicConstraints(false)] })) },
  /** The root issued it, but its key is on a curve that Apple does not use. */
  'intermediate-on-other-curve': {
    issuer: ({ intermediate: genuine }) => {
      const changed = reissue(genuine, {}, newKeyPair('P-521'))
      return { signer: changed, sent: changed }
    },
  },
  /** A whole hierarchy of somebody else's, with the names of ours. */
  'other-root': {
    issuer: () => {
      const { intermediate: other } = createHierarchy('Assay Testkit')
      return { signer: other, sent: other }
    },
  },
  'other-root-name': {
    issuer: () => {
      const { intermediate: other } = createHierarchy('Somebody Else')
      return { signer: other, sent: other }
    },
  },
  'leaf-alone': { chain: (chain) => chain.slice(0, 1) },
  'root-included': { chain: (chain, { root }) => [...chain, root.certificate] },
  'trailing-bytes-in-certificate': {
    chain: ([first, ...others]) => [appendix(first ?? Buffer.alloc(0)), ...others],
  },
  'other-format': { object: (object) => ({ ...object, fmt: 'packed' }) },
  'no-authenticator-data': { object: ({ fmt, attStmt }) => ({ fmt, attStmt }) },
  'certificates-as-text': {
    object: (object) => ({ ...object, attStmt: { ...object.attStmt, x5c: ['leaf', 'intermediate'] } }),
  },
  'short-authenticator-data': { data: (data) => data.subarray(0, 54) },
  /** The map of extensions is followed by a byte. */
  'trailing-bytes-in-authenticator-data': {
    data: (data) => appendix(Buffer.concat([data, Buffer.of(0xa0)])),
  },
  /** A validation category as a number instead of four bytes. */
  'malformed-extensions': {
    parts: parts(() => ({ extensions: encode({ apple_validation_category_01: 4 }) })),
  },
  'trailing-bytes': { bytes: appendix },
  truncated: { bytes: (encoded) => encoded.subarray(0, -1) },
  /** A member 10,000 arrays deep. */
  'nested-cbor': {
    bytes: (encoded) =>
      Buffer.concat([
        Buffer.of(0xa4),
        encoded.subarray(1),
        encode('deep'),
        Buffer.alloc(10_000, 0x81),
        Buffer.of(0),
      ]),
  },
  /** A byte string that says that it is two gigabytes long. */
  'huge-length': {
    bytes: (encoded) => Buffer.concat([encoded.subarray(0, 1), Buffer.from('5a7fffffff', 'hex')]),
  },
  'indefinite-length': {
    bytes: (encoded) => Buffer.concat([Buffer.of(0xbf), encoded.subarray(1), Buffer.of(0xff)]),
  },
  /** `fmt` twice. */
  'member-twice': {
    bytes: (encoded) =>
      Buffer.concat([Buffer.of(0xa4), encode('fmt'), encode('apple-appattest'), encoded.subarray(1)]),
  },
  /** More than 64 KiB. */
  oversized: { object: (object) => ({ ...object, padding: Buffer.alloc(66_000) }) },
  'unknown-item-member': { item: (item) => ({ ...item, note: '' }) },
} as const satisfies Readonly<Record<string, Partial<AttestationSteps>>>

export type AppleAttestationFault = keyof typeof table

export const attestationFaults: Readonly<Record<AppleAttestationFault, Partial<AttestationSteps>>> = table

export const appleAttestationFaults = Object.keys(table) as readonly AppleAttestationFault[]
