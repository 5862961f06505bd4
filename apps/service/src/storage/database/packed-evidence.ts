import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { RememberedEvidence } from '../../attestation/model/installation.ts'

declare const packed: unique symbol

/** A byte column that holds remembered evidence in a third of the size of its JSON. */
export type PackedEvidence = Buffer & { readonly [packed]: true }

/** The first byte names the one of {@link dictionaries} that the rest was deflated with. */
const current = 1

/**
 * Members and values that evidence has in common, the most frequent last. Never edit it, since that would make what was
 * packed with it unreadable: a better one gets the next number.
 */
const dictionaries: Readonly<Record<number, Buffer>> = {
  1: Buffer.from(
    [
      '"cdhash"bundleVersion"launchCategory"riskMetric"null,true,false,"none"[]{}',
      '[{"format":"apple-app-attest","claims":{"version":1,"claims":{"platform":"ios","appId":"","environment":"production",',
      '"anchorSha256":"","counter":0,"keyId":"","publicKey":{"kty":"EC","crv":"P-256","x":"","y":""},"macFullSecurity":false,',
      '"certificate":{"sha256":"","serialNumber":"","notAfter":1}}},"verifiedAt":17}]',
      '"deviceActivityLevel":"LEVEL_1"playProtectVerdict":"NO_ISSUES""appAccessRiskVerdict":{"appsDetected":["KNOWN_INSTALLED"]',
      '"MEETS_VIRTUAL_INTEGRITY""UNRECOGNIZED_VERSION""UNEVALUATED""UNLICENSED""sdkVersion":36',
      '"provisioning":"factory""SelfSigned""Unverified""StrongBox""Software"null,"deviceLocked":false',
      '[{"format":"android-key-attestation","claims":{"version":1,"claims":{"platform":"android","keySha256":"',
      '","attestationKeySha256":"","serials":["',
      '"],"anchor":"google-root-","anchorSha256":"","provisioning":"remote","certificatesIssued":1,"reportedLost":null,',
      '"attestationVersion":400,"attestationSecurityLevel":"TrustedEnvironment","keyMintVersion":400,',
      '"keyMintSecurityLevel":"TrustedEnvironment","verifiedBootState":"Verified","verifiedBootKey":"","verifiedBootHash":"',
      '","deviceLocked":true,"osVersion":160000,"osPatchLevel":2026,"vendorPatchLevel":2026,"bootPatchLevel":2026,',
      '"moduleHash":"","purposes":[2],"noAuthRequired":true,"unknownTags":[],"packageNames":["com.',
      '"],"versionCodes":{"com.":1},"signatureDigests":["',
      '"]}},"verifiedAt":17},{"format":"play-integrity","claims":{"version":1,"claims":{"platform":"android","package":"com.',
      '","signers":["',
      '"],"requestedAt":17,"testResponse":false,"appRecognitionVerdict":"PLAY_RECOGNIZED","deviceRecognitionVerdict":[',
      '"MEETS_STRONG_INTEGRITY","MEETS_BASIC_INTEGRITY","MEETS_DEVICE_INTEGRITY"],"versionCode":1,',
      '"appLicensingVerdict":"LICENSED"}},"verifiedAt":17}]',
    ].join(''),
  ),
}

/** Room for twice the dictionary: a larger window takes longer to set up than the work itself. */
const window = { windowBits: 12, memLevel: 5 }

/** Bytes: far more than evidence in all formats takes, so that a damaged column does not fill memory. */
const largest = 1 << 20

export function packEvidence(evidence: readonly RememberedEvidence[]): PackedEvidence {
  return packJson(JSON.stringify(evidence))
}

/** Packs what is already JSON. */
export function packJson(json: string): PackedEvidence {
  const deflated = deflateRawSync(json, { ...window, dictionary: dictionaries[current] as Buffer })
  return Buffer.concat([Buffer.of(current), deflated]) as PackedEvidence
}

/** @throws Error for bytes that {@link packEvidence} did not make */
export function unpackEvidence(column: Uint8Array): RememberedEvidence[] {
  const dictionary = dictionaries[column[0] ?? 0]
  if (dictionary === undefined)
    throw new Error('evidence in the database is packed in a way that this version does not know')
  const json = inflateRawSync(column.subarray(1), { dictionary, maxOutputLength: largest })
  return JSON.parse(json.toString('utf8')) as RememberedEvidence[]
}
