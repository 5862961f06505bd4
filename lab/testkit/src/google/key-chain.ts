import { encodeBase64url, type EvidenceItem } from '@assay/protocol'
import type { KeyPair } from '../keys/key-pair.ts'
import {
  attribute,
  extension,
  issueCertificate,
  keyUsage,
  type CertificateTemplate,
} from '../x509/certificate.ts'
import { chainFaults, type AndroidKeyFault } from './chain-faults.ts'
import { genuineChain } from './chain-steps.ts'
import { genuineDevice } from './device-state.ts'
import {
  keyDescription,
  keyDescriptionParts,
  type AndroidApp,
  type AttestationVersion,
  type DeviceState,
  type KeyStatement,
} from './key-description.ts'
import type { GoogleRoots, Keybox } from './keybox.ts'
import { statementOid } from './statement-oid.ts'

/** The request for the attestation of a key. */
export interface AndroidKeyRequest {
  readonly challenge: Uint8Array
  /** More than one if packages share a user id. */
  readonly apps: readonly AndroidApp[]
  /** Default: 400. */
  readonly version?: AttestationVersion
  /** What differs from a genuine device. */
  readonly device?: Partial<DeviceState> | undefined
  /** Where a key of the user's is kept; default: where the attestation is made. */
  readonly keySecurityLevel?: KeyStatement['keyMintSecurityLevel']
  readonly fault?: AndroidKeyFault | undefined
}

export interface ChainIssuer {
  readonly keybox: Keybox
  readonly roots: GoogleRoots
  /** Unix seconds. */
  readonly at: number
}

/** An evidence item `android-key-attestation`. */
export function attestKey(key: KeyPair, request: AndroidKeyRequest, issuer: ChainIssuer): EvidenceItem {
  const steps = { ...genuineChain, ...(request.fault && chainFaults[request.fault]) }
  const statement = steps.statement(statementOf(request, issuer))
  const description = steps.description(keyDescription(steps.parts(keyDescriptionParts(statement))))
  const path = steps.path(issuer.keybox.path, issuer.roots)
  const template = steps.leaf(leafTemplate(key, description, path))
  const leaf = { keys: key, template, certificate: issueCertificate(template) }
  const chain = steps.chain([leaf.certificate, ...path.map(({ certificate }) => certificate)], leaf)
  return steps.item({ format: 'android-key-attestation', chain: chain.map(encodeBase64url) })
}

function statementOf(request: AndroidKeyRequest, { keybox, at }: ChainIssuer): KeyStatement {
  return {
    version: request.version ?? 400,
    attestationSecurityLevel: keybox.securityLevel,
    keyMintSecurityLevel: request.keySecurityLevel ?? keybox.securityLevel,
    challenge: request.challenge,
    apps: request.apps,
    device: { ...genuineDevice(at), ...request.device },
    createdAt: at,
  }
}

/** The same serial number and dates on all devices, unless the app asks for others. */
function leafTemplate(key: KeyPair, description: Buffer, [issuer]: Keybox['path']): CertificateTemplate {
  return {
    serial: 1n,
    issuer: issuer.template.subject,
    subject: [[attribute.commonName, 'Android Keystore Key']],
    notBefore: 0,
    notAfter: Date.parse('2048-01-01T00:00:00Z') / 1000,
    spki: key.spki,
    extensions: [keyUsage('digitalSignature'), extension(statementOid, description)],
    signer: issuer.keys,
    hash: 'sha256',
  }
}
