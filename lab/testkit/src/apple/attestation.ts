import { encode } from 'cborg'
import { encodeBase64url, type EvidenceItem } from '@assay/protocol'
import { issueCertificate } from '../x509/certificate.ts'
import type { AppAttestKey } from './app-attest-key.ts'
import { attestationFaults, type AppleAttestationFault } from './attestation-faults.ts'
import { genuineSteps, type AttestationSteps } from './attestation-steps.ts'
import {
  aaguids,
  attestedData,
  attestedFlag,
  coseKey,
  encodedState,
  extensionsFlag,
  type AppleEnvironment,
  type AttestedData,
  type SignedAppState,
} from './authenticator-data.ts'
import type { AppleHierarchy } from './hierarchy.ts'
import { leafTemplate } from './leaf.ts'
import type { ReceiptWriter } from './receipt.ts'

/** The request for an attestation. */
export interface AppleAttestationRequest {
  /** Team id, a dot, bundle id. */
  readonly appId: string
  /** What the app passes to the system. */
  readonly clientDataHash: Uint8Array
  /** Default: production. */
  readonly environment?: AppleEnvironment
  /** What systems since iOS 27 sign of the app. Left out: an older one. */
  readonly appState?: SignedAppState | undefined
  /** A Mac, which states its security. */
  readonly mac?: boolean
  /** Whatever stands for the device: Apple counts its keys. Default: a device for each key. */
  readonly device?: object
  /** About how many keys the app attested on the device, as a refreshed receipt says. */
  readonly riskMetric?: number
  readonly fault?: AppleAttestationFault | undefined
}

export interface AttestationIssuer {
  readonly hierarchy: AppleHierarchy
  readonly writeReceipt: ReceiptWriter
  /** Unix seconds. */
  readonly at: number
}

/** An evidence item `apple-app-attest`. */
export function attest(
  requested: AppAttestKey,
  request: AppleAttestationRequest,
  issuer: AttestationIssuer,
): EvidenceItem {
  const steps = { ...genuineSteps, ...(request.fault && attestationFaults[request.fault]) }
  const key = steps.key(requested)
  const data = steps.data(attestedData(steps.parts(attestedParts(key, request))))
  const x5c = certificates({ key, data, request, steps, issuer })
  const receipt = receiptOf(request, x5c[0] ?? Buffer.alloc(0), issuer)
  const object = steps.object({
    fmt: 'apple-appattest',
    attStmt: { x5c, receipt },
    authData: steps.sentData(data),
  })
  return steps.item({
    format: 'apple-app-attest',
    key_id: encodeBase64url(steps.keyId(key.keyId)),
    attestation: encodeBase64url(steps.bytes(Buffer.from(encode(object)))),
  })
}

function attestedParts(key: AppAttestKey, request: AppleAttestationRequest): AttestedData {
  const { appId, appState, environment = 'production' } = request
  return {
    appId,
    flags: appState === undefined ? attestedFlag : attestedFlag | extensionsFlag,
    counter: 0,
    aaguid: aaguids[environment],
    credentialId: key.keyId,
    credentialKey: coseKey(key),
    extensions: encodedState(appState),
  }
}

interface Attesting {
  readonly key: AppAttestKey
  readonly data: Buffer
  readonly request: AppleAttestationRequest
  readonly steps: AttestationSteps
  readonly issuer: AttestationIssuer
}

function certificates({ key, data, request, steps, issuer }: Attesting): readonly Buffer[] {
  const { signer, sent } = steps.issuer(issuer.hierarchy)
  const subject = {
    key,
    appId: request.appId,
    authenticatorData: data,
    clientDataHash: steps.clientDataHash(request.clientDataHash),
    at: issuer.at,
    osVersion: request.appState === undefined ? '26.1' : '27.0',
    mac: request.mac ?? false,
  }
  const leaf = issueCertificate(steps.leaf(leafTemplate(subject, signer)))
  return steps.chain([leaf, sent.certificate], issuer.hierarchy)
}

function receiptOf(
  request: AppleAttestationRequest,
  leaf: Buffer,
  { writeReceipt, at }: AttestationIssuer,
): Buffer {
  const { appId, clientDataHash, environment, riskMetric } = request
  return writeReceipt({
    appId,
    leaf,
    clientDataHash,
    environment: environment === 'development' ? 'sandbox' : 'production',
    createdAt: at,
    ...(riskMetric === undefined ? {} : { riskMetric }),
  })
}
