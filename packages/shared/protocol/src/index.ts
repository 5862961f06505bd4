export type { CodeTable, CodeText, ErrorTable, Remedies, SdkTable } from './codes/code-table.ts'
export { encodeBase64url, utf8 } from '@assay/protocol/encodings'
export { decodeBase64url, decodeBase64urlOfLength } from './encoding/base64url.ts'
export { concat, equalBytes, lengthPrefixed, uint32, uint64 } from './encoding/bytes.ts'
export { invalidArgument, mustHold } from './encoding/invalid-argument.ts'
export { label, labelOf, labels } from './encoding/labels.ts'
export { isJsonObject, jsonFaults, parseJsonObject, parseStrictJson } from './encoding/strict-json.ts'
export type { JsonBounds, JsonFault, JsonObject, JsonOutcome, JsonValue } from './encoding/strict-json.ts'
export { decodeUtf8 } from './encoding/utf8.ts'
export { publicTestKeys } from './wire/public-test-keys.ts'
export {
  installationBanKinds,
  letThroughsPerDay,
  longestAllowEntry,
  longestLetThrough,
  mostAllowEntries,
} from './wire/ban.ts'
export type { VouchingKeyKind } from './wire/ban.ts'
export { largestBootKeyList, mostBootKeys, mostBootKeySets } from './wire/boot-keys.ts'
export { holderKeys, policyIdPattern, settingsRemarks } from './wire/app-evidence.ts'
export type { AppEvidence, HolderKey, SettingsRemark } from './wire/app-evidence.ts'
export { evidencePurposes } from './wire/attestation.ts'
export type {
  AttestationRequest,
  AttestationResponse,
  ChallengeRequest,
  ChallengeResponse,
  DevelopmentTokenRequest,
  EvidenceItem,
  EvidencePurpose,
  IssuedToken,
} from './wire/attestation.ts'
export {
  challengeFlags,
  challengeLifetime,
  challengeMacInput,
  challengePurposes,
  decodeChallenge,
  encodeChallenge,
  encodeChallengeHead,
  flagsOfVariant,
  variantInFlags,
} from './wire/challenge.ts'
export type { ChallengeContext, ChallengeHead, ChallengePurpose, DecodedChallenge } from './wire/challenge.ts'
export { buildImages } from './wire/build-images.ts'
export type { BuildImages } from './wire/build-images.ts'
export { bindingInput, clientDataSigningInput } from './wire/client-data.ts'
export type { ClientData, MeasurementResponse, ProbeAnswer } from './wire/client-data.ts'
export { decodeCompactJws, splitCompactJws } from './wire/compact-jws.ts'
export type { CompactJwsParts, DecodedJws } from './wire/compact-jws.ts'
export {
  codeSegmentHead,
  codeSegmentKind,
  scriptKind,
  isMachO,
  moduleNamePattern,
  segmentKindByName,
  splitSegment,
} from './wire/code-segments.ts'
export { resourceFolder, resourceHead } from './wire/resource-folders.ts'
export { toolNamed, toolNames } from './wire/tool-names.ts'
export type { ToolPlatform } from './wire/tool-names.ts'
export { pageBuildFile, pageBuildId, urlOfFile } from './wire/page-build.ts'
export type { PageBuild } from './wire/page-build.ts'
export { headerNames, jwtTypes, mediaTypes, paths } from './wire/headers.ts'
export {
  abiPattern,
  appIdPattern,
  buildIdPattern,
  failurePattern,
  firstImage,
  isAudience,
  longestFailures,
  mostFailures,
  mostPendingVariants,
  mostVariants,
  sha256HexPattern,
  shapePattern,
  thumbprintPattern,
  variantPattern,
} from './wire/identifiers.ts'
export {
  pointOf,
  readConfirmationKey,
  readConfirmationThumbprint,
  readPublicJwk,
  thumbprintInput,
} from './wire/jwk.ts'
export type { JwkFault, PublicJwk } from './wire/jwk.ts'
export {
  longestProvenance,
  longestProvenanceLife,
  provenanceStatement,
  provenanceType,
} from './wire/provenance.ts'
export type { ProvenanceJwk, ProvenanceParameters, ProvenanceStatement } from './wire/provenance.ts'
export {
  longestSearch,
  longestTraceText,
  readTraceId,
  traceIdBytes,
  traceIdOf,
  traceInGroups,
} from './wire/trace-id.ts'
export { problemType } from './wire/problems.ts'
export type { FaultyPlace, ProblemCode, ProblemDocument } from './wire/problems.ts'
export {
  bannedOfApp,
  mostListedNames,
  statusListLifetime,
  statusListMediaType,
  statusListMemory,
  statusListPath,
  statusListType,
  statusShardMemory,
  statusShardPath,
} from './wire/status-list.ts'
export type { BannedOfApp, StatusListClaims } from './wire/status-list.ts'
export {
  faultOfShard,
  isShardCount,
  longestShard,
  mostShards,
  shardHolds,
  shardIndexOf,
  shardPrefixLength,
  statusShardMediaType,
} from './wire/status-shards.ts'
export type { ShardFault } from './wire/status-shards.ts'
export { isReference, longestReference } from './wire/reference.ts'
export { playDialogCodes, remedyKinds, remedyPlatforms } from './wire/remedy.ts'
export type { DeniedRemedy, PlayDialogCode, Remedy, RemedyKind } from './wire/remedy.ts'
export { admissibleTiers, platforms, tiers, tokenKinds, tokenModes, tokenTypes } from './wire/tier.ts'
export type { AdmissibleTier, Platform, Tier, TokenKind, TokenMode, TokenType } from './wire/tier.ts'
export {
  accessTokenTiers,
  longestAccessTokenLifetime,
  longestTokenLifetime,
  tokenAlgorithms,
} from './wire/token.ts'
export { readWireVersion, wireVersions } from './wire/version.ts'
export type { WireVersion } from './wire/version.ts'
export type {
  AccessTokenClaims,
  AccessTokenTier,
  Jwks,
  TokenAlgorithm,
  TokenClaims,
  VerificationJwk,
} from './wire/token.ts'
export {
  apiKeyScopes,
  buildFormats,
  buildWarnings,
  channels,
  coverages,
  abisToRegister,
  defaultAbis,
  defaultChannel,
  defaultCoverage,
  defaultProbes,
  expiryWarningDays,
  longestDevelopmentSecret,
  longestFirstDays,
  minimumVersionCode,
  restorableDays,
  segmentKinds,
} from './wire/provisioning.ts'
export type {
  ApiKeyScope,
  BuildFormat,
  BuildSplits,
  BuildWarning,
  Channel,
  Coverage,
  SegmentKind,
  SegmentSummary,
} from './wire/provisioning.ts'
