import { wordsOf } from '@assay/evidence'
import type { PackingWords } from '../storage/database/evidence-packing.ts'
import { productSchemes } from './product-schemes.ts'

/** What the stored claims of each scheme have in common. Assertions are never stored. */
const formats = productSchemes
  .filter(({ asserts }) => asserts === undefined)
  .map(({ descriptor, claims }) => ({ format: descriptor.name, claims: wordsOf(claims) }))

/**
 * Members and values that evidence had in common before its words came from the tables of claims. What was packed with
 * it lies in stores: never edit it.
 */
const first = [
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
].join('')

export const packingWords: PackingWords = { formats, first }
