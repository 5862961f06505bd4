import { newKeyPair } from '../keys/new-key-pair.ts'
import { reissue, type Authority } from '../x509/authority.ts'
import {
  attribute,
  basicConstraints,
  extension,
  issueCertificate,
  type CertificateTemplate,
} from '../x509/certificate.ts'
import { encode, integer, nothing, octets } from '../x509/der.ts'
import type { ChainSteps } from './chain-steps.ts'
import { unlockedDevice } from './device-state.ts'
import {
  integers,
  tags,
  type AndroidApp,
  type DeviceState,
  type Field,
  type KeyDescriptionParts,
  type KeyStatement,
} from './key-description.ts'
import { createSoftwarePath } from './software-path.ts'
import { statementOid } from './statement-oid.ts'

const day = 86_400
const appendix = (bytes: Uint8Array | readonly number[]): Buffer =>
  Buffer.concat([Buffer.from(bytes), Buffer.of(0)])
const without = (fields: readonly Field[], tag: number): Field[] => fields.filter(([each]) => each !== tag)

const statement =
  (change: (statement: KeyStatement) => Partial<KeyStatement>): ChainSteps['statement'] =>
  (genuine) => ({ ...genuine, ...change(genuine) })

const device = (change: Partial<DeviceState>): ChainSteps['statement'] =>
  statement(({ device: genuine }) => ({ device: { ...genuine, ...change } }))

const app = (change: (app: AndroidApp) => Partial<AndroidApp>): ChainSteps['statement'] =>
  statement(({ apps }) => ({ apps: apps.map((genuine) => ({ ...genuine, ...change(genuine) })) }))

const parts =
  (change: (parts: KeyDescriptionParts) => Partial<KeyDescriptionParts>): ChainSteps['parts'] =>
  (genuine) => ({ ...genuine, ...change(genuine) })

/** One field of the hardware's list has another value. */
const hardware = (...field: Field): ChainSteps['parts'] =>
  parts((genuine) => ({ hardware: [...without(genuine.hardware, field[0]), field] }))

const leaf =
  (change: (template: CertificateTemplate) => Partial<CertificateTemplate>): ChainSteps['leaf'] =>
  (genuine) => ({ ...genuine, ...change(genuine) })

/** The attestation certificate, which is the leaf's issuer's, says something other than it should. */
const attestationCertificate =
  (change: (template: CertificateTemplate) => Partial<CertificateTemplate>): ChainSteps['path'] =>
  ([attestation, ...above]) => [reissue(attestation, change(attestation.template)), ...above]

/** Somebody who has the attested key signs a leaf with it that says what he likes. */
const extended =
  (extensions: (leaf: Authority) => CertificateTemplate['extensions']): ChainSteps['chain'] =>
  (chain, attested) => {
    const template = {
      ...attested.template,
      issuer: attested.template.subject,
      subject: attested.template.subject,
      spki: newKeyPair('P-256').spki,
      extensions: extensions(attested),
      signer: attested.keys,
    }
    return [issueCertificate(template), ...chain]
  }

/** Everything by which a chain can be made worthless, and how. */
const table = {
  /** Attested for another challenge: of another installation, or another time. */
  'other-challenge': { statement: statement(() => ({ challenge: Buffer.alloc(43, 'x') })) },
  'longer-challenge': { statement: statement(({ challenge }) => ({ challenge: appendix(challenge) })) },
  'other-package': { statement: app(({ package: name }) => ({ package: `${name}.other` })) },
  /** The package is right and somebody else has signed it: a re-signed app on a genuine phone. */
  'other-signer': { statement: app(() => ({ signers: ['5a'.repeat(32)] })) },
  'second-signer': { statement: app(({ signers }) => ({ signers: [...signers, '5a'.repeat(32)] })) },
  'no-signer': { statement: app(() => ({ signers: [] })) },
  /** Another package shares the user id, and with it the key. */
  'shared-user-id': {
    statement: statement(({ apps }) => ({
      apps: [...apps, ...apps.map((each) => ({ ...each, package: 'com.example.companion' }))],
    })),
  },
  'no-package': { statement: statement(() => ({ apps: [] })) },
  'no-application-id': {
    parts: parts(({ software }) => ({ software: without(software, tags.applicationId) })),
  },
  'malformed-application-id': {
    parts: parts(({ software }) => ({
      software: [...without(software, tags.applicationId), [tags.applicationId, octets(Buffer.of(0x30, 0))]],
    })),
  },
  'software-attestation': { statement: statement(() => ({ attestationSecurityLevel: 'Software' })) },
  'software-key': { statement: statement(() => ({ keyMintSecurityLevel: 'Software' })) },
  'imported-key': { parts: hardware(tags.origin, integer(2)) },
  /** The key may attest others, which a leaf made with it would count as. */
  'key-that-attests': { parts: hardware(tags.purpose, integers(7)) },
  'all-applications': { parts: hardware(tags.allApplications, nothing()) },
  'no-root-of-trust': {
    parts: parts((genuine) => ({ hardware: without(genuine.hardware, tags.rootOfTrust) })),
  },
  /** The system says what was booted, and the hardware does not. */
  'root-of-trust-by-the-system': {
    parts: parts((genuine) => ({
      software: [...genuine.software, ...genuine.hardware.filter(([tag]) => tag === tags.rootOfTrust)],
      hardware: without(genuine.hardware, tags.rootOfTrust),
    })),
  },
  'unlocked-boot-loader': { statement: device(unlockedDevice) },
  /** As on test devices, whose system verifies all the same. */
  'unlocked-yet-verified': { statement: device({ deviceLocked: false }) },
  'self-signed-boot': { statement: device({ verifiedBootState: 'SelfSigned' }) },
  'failed-boot': { statement: device({ verifiedBootState: 'Failed' }) },
  'old-patch-level': { parts: hardware(tags.osPatchLevel, integer(201_912)) },
  'nonsense-patch-level': { parts: hardware(tags.osPatchLevel, integer(202_600)) },
  'unknown-version': { parts: parts(() => ({ version: 600 })) },
  'unknown-security-level': { parts: parts(() => ({ keyMintSecurityLevel: 3 })) },
  'field-twice': {
    parts: parts((genuine) => ({ hardware: [...genuine.hardware, [tags.origin, integer(0)]] })),
  },
  'trailing-bytes-in-statement': { description: appendix },
  'truncated-statement': { description: (encoded) => encoded.subarray(0, -1) },
  'expired-attestation-certificate': {
    path: attestationCertificate(({ notBefore }) => ({
      notBefore: notBefore - 30 * day,
      notAfter: notBefore,
    })),
  },
  'attestation-certificate-not-yet-valid': {
    path: attestationCertificate(({ notAfter }) => ({
      notBefore: notAfter + 900 * day,
      notAfter: notAfter + 999 * day,
    })),
  },
  /** The chain of Android's software keystore, as emulators have it. */
  'software-root': {
    statement: statement(() => ({ attestationSecurityLevel: 'Software', keyMintSecurityLevel: 'Software' })),
    path: () => createSoftwarePath(),
  },
  /** Roots of somebody else's, with the names of ours. */
  'other-root': {
    path: ([attestation, ...above]) => [
      attestation,
      ...above.map((each, i) => (i === above.length - 1 ? reissue(each, {}, newKeyPair('P-384')) : each)),
    ],
  },
  'without-root': { chain: (chain) => chain.slice(0, -1) },
  'too-short': { chain: (chain) => [...chain.slice(0, 1), ...chain.slice(-1)] },
  'too-long': {
    chain: (chain) => [...chain, ...Array.from({ length: 10 }, () => Buffer.from(chain.at(-1) ?? []))],
  },
  /** The root once more: a remotely provisioned chain would otherwise count as one from the factory. */
  'root-twice': { chain: (chain) => [...chain, ...chain.slice(-1)] },
  'other-issuer-name': { leaf: leaf(() => ({ issuer: [[attribute.commonName, 'Somebody Else']] })) },
  'signed-by-another-key': { leaf: leaf(() => ({ signer: newKeyPair('P-256') })) },
  'signed-with-sha1': { leaf: leaf(() => ({ hash: 'sha1' })) },
  'leaf-without-statement': { leaf: leaf(() => ({ extensions: [] })) },
  'statement-twice': {
    leaf: leaf(({ extensions }) => ({ extensions: [...extensions, ...extensions.slice(-1)] })),
  },
  /** A leaf below the attested one, signed with the attested key, with a statement of its own. */
  'extended-chain': { chain: extended(({ template }) => template.extensions) },
  'extended-chain-without-statement': { chain: extended(() => []) },
  /** The attested certificate says that it is an authority, and has issued one. */
  'extended-by-an-authority': {
    leaf: leaf(({ extensions }) => ({ extensions: [basicConstraints(true), ...extensions] })),
    chain: extended(({ template }) => template.extensions.slice(1)),
  },
  /** The statement is in the attestation certificate instead of the leaf. */
  'statement-above-the-leaf': {
    path: attestationCertificate(({ extensions }) => ({
      extensions: [...extensions, extension(statementOid, encode(nothing()))],
    })),
  },
  'trailing-bytes-in-certificate': { chain: ([first, ...others]) => [appendix(first ?? []), ...others] },
  'truncated-certificate': {
    chain: ([first, ...others]) => [(first ?? Buffer.alloc(0)).subarray(0, -1), ...others],
  },
  /** More than 8 KiB. */
  'oversized-certificate': {
    leaf: leaf(({ extensions }) => ({
      extensions: [...extensions, extension('1.3.6.1.4.1.55555.1', Buffer.alloc(9000))],
    })),
  },
  'unknown-item-member': { item: (item) => ({ ...item, note: '' }) },
} as const satisfies Readonly<Record<string, Partial<ChainSteps>>>

export type AndroidKeyFault = keyof typeof table

export const chainFaults: Readonly<Record<AndroidKeyFault, Partial<ChainSteps>>> = table

export const androidKeyFaults = Object.keys(table) as readonly AndroidKeyFault[]
