import type { Attack } from './attack.ts'
import { plainScript } from './attacks/without-the-app/plain-script.ts'
import { secretFromApk } from './attacks/without-the-app/secret-from-apk.ts'
import { credentialGuessed } from './attacks/without-the-app/credential-guessed.ts'
import { capturedRequest } from './attacks/without-the-app/captured-request.ts'
import { answerMadeUp } from './attacks/without-the-app/answer-made-up.ts'
import { tokenAndKeyCopied } from './attacks/without-the-app/token-and-key-copied.ts'
import { brokeredDevice } from './attacks/without-the-app/brokered-device.ts'
import { unguardedRoute } from './attacks/without-the-app/unguarded-route.ts'
import { repackagedInNode } from './attacks/tampered-apps/repackaged-in-node.ts'
import { repackagedWithApktool } from './attacks/tampered-apps/repackaged-with-apktool.ts'
import { oneBitChanged } from './attacks/tampered-apps/one-bit-changed.ts'
import { byteAppended } from './attacks/tampered-apps/byte-appended.ts'
import { libraryAdded } from './attacks/tampered-apps/library-added.ts'
import { sdkFileChanged } from './attacks/tampered-apps/sdk-file-changed.ts'
import { sdkOlder } from './attacks/tampered-apps/sdk-older.ts'
import { manifestMadeDebuggable } from './attacks/tampered-apps/manifest-made-debuggable.ts'
import { segmentRenamed } from './attacks/tampered-apps/segment-renamed.ts'
import { segmentsReordered } from './attacks/tampered-apps/segments-reordered.ts'
import { segmentSplit } from './attacks/tampered-apps/segment-split.ts'
import { sdkPatchedInMemory } from './attacks/tampered-apps/sdk-patched-in-memory.ts'
import { sdkPatchedAndHidden } from './attacks/tampered-apps/sdk-patched-and-hidden.ts'
import { liveCodeLeftOut } from './attacks/tampered-apps/live-code-left-out.ts'
import { cryptoHooked } from './attacks/tampered-apps/crypto-hooked.ts'
import { driven } from './attacks/tampered-apps/driven.ts'
import { drivenAndHidden } from './attacks/tampered-apps/driven-and-hidden.ts'
import { pristineCopy } from './attacks/tampered-apps/pristine-copy.ts'
import { sdkHeadless } from './attacks/tampered-apps/sdk-headless.ts'
import { unknownApp } from './attacks/builds/unknown-app.ts'
import { unknownBuild } from './attacks/builds/unknown-build.ts'
import { retiredBuild } from './attacks/builds/retired-build.ts'
import { tokenOfRetiredBuild } from './attacks/builds/token-of-retired-build.ts'
import { belowMinimumVersion } from './attacks/builds/below-minimum-version.ts'
import { otherPlatformAudience } from './attacks/builds/other-platform-audience.ts'
import { otherPlatformToken } from './attacks/builds/other-platform-token.ts'
import { registeredByStranger } from './attacks/builds/registered-by-stranger.ts'
import { registeredDebuggable } from './attacks/builds/registered-debuggable.ts'
import { registeredOtherSigner } from './attacks/builds/registered-other-signer.ts'
import { registeredSignatureBroken } from './attacks/builds/registered-signature-broken.ts'
import { registeredJunk } from './attacks/builds/registered-junk.ts'
import { pipelineKeyExceeded } from './attacks/builds/pipeline-key-exceeded.ts'
import { reasonLookedUp } from './attacks/builds/reason-looked-up.ts'
import { answerOtherKey } from './attacks/answers/answer-other-key.ts'
import { answerSignedByOther } from './attacks/answers/answer-signed-by-other.ts'
import { answerReplayed } from './attacks/answers/answer-replayed.ts'
import { challengeUsedAgain } from './attacks/answers/challenge-used-again.ts'
import { challengeRedated } from './attacks/answers/challenge-redated.ts'
import { challengeMadeUp } from './attacks/answers/challenge-made-up.ts'
import { challengeOtherApp } from './attacks/answers/challenge-other-app.ts'
import { challengeOtherBuild } from './attacks/answers/challenge-other-build.ts'
import { planMadeEasier } from './attacks/answers/plan-made-easier.ts'
import { planOfOtherApp } from './attacks/answers/plan-of-other-app.ts'
import { planShopping } from './attacks/answers/plan-shopping.ts'
import { measurementOfOtherChallenge } from './attacks/answers/measurement-of-other-challenge.ts'
import { responseMadeUp } from './attacks/answers/response-made-up.ts'
import { probeAnswerChanged } from './attacks/answers/probe-answer-changed.ts'
import { probesVolunteered } from './attacks/answers/probes-volunteered.ts'
import { evidenceStripped } from './attacks/answers/evidence-stripped.ts'
import { evidenceMadeUp } from './attacks/answers/evidence-made-up.ts'
import { audienceWidened } from './attacks/answers/audience-widened.ts'
import { hostileService } from './attacks/answers/hostile-service.ts'
import { clientDataJson } from './attacks/json/client-data-json.ts'
import { clientDataRespelled } from './attacks/json/client-data-respelled.ts'
import { jsonDuplicateMembers } from './attacks/json/json-duplicate-members.ts'
import { jsonLoneSurrogates } from './attacks/json/json-lone-surrogates.ts'
import { jsonOtherEncodings } from './attacks/json/json-other-encodings.ts'
import { jsonPrototype } from './attacks/json/json-prototype.ts'
import { jsonTooDeep } from './attacks/json/json-too-deep.ts'
import { bodiesOversized } from './attacks/json/bodies-oversized.ts'
import { mediaTypeSimple } from './attacks/json/media-type-simple.ts'
import { pageOfForeignOrigin } from './attacks/json/page-of-foreign-origin.ts'
import { tokenStolen } from './attacks/tokens/token-stolen.ts'
import { tokenWithoutProof } from './attacks/tokens/token-without-proof.ts'
import { tokenOtherAudience } from './attacks/tokens/token-other-audience.ts'
import { tokenExpired } from './attacks/tokens/token-expired.ts'
import { tokenClaimsChanged } from './attacks/tokens/token-claims-changed.ts'
import { tokenAlgNone } from './attacks/tokens/token-alg-none.ts'
import { tokenHmacWithPublicKey } from './attacks/tokens/token-hmac-with-public-key.ts'
import { tokenForeignKid } from './attacks/tokens/token-foreign-kid.ts'
import { tokenKnownKid } from './attacks/tokens/token-known-kid.ts'
import { tokenOwnKeyNamed } from './attacks/tokens/token-own-key-named.ts'
import { tokenKidTricks } from './attacks/tokens/token-kid-tricks.ts'
import { tokenTypeConfused } from './attacks/tokens/token-type-confused.ts'
import { tokenRespelled } from './attacks/tokens/token-respelled.ts'
import { tokenJsonTricks } from './attacks/tokens/token-json-tricks.ts'
import { proofOtherMethod } from './attacks/proofs/proof-other-method.ts'
import { proofOtherUrl } from './attacks/proofs/proof-other-url.ts'
import { proofReplayed } from './attacks/proofs/proof-replayed.ts'
import { proofRaced } from './attacks/proofs/proof-raced.ts'
import { proofReplayedOtherApi } from './attacks/proofs/proof-replayed-other-api.ts'
import { proofReplayedSecondNode } from './attacks/proofs/proof-replayed-second-node.ts'
import { proofReplayedNonceNode } from './attacks/proofs/proof-replayed-nonce-node.ts'
import { proofStale } from './attacks/proofs/proof-stale.ts'
import { proofAlgConfused } from './attacks/proofs/proof-alg-confused.ts'
import { proofUserTokenSwapped } from './attacks/proofs/proof-user-token-swapped.ts'
import { proofWeakerMethod } from './attacks/proofs/proof-weaker-method.ts'
import { proofJsonTricks } from './attacks/proofs/proof-json-tricks.ts'
import { proofJtiTricks } from './attacks/proofs/proof-jti-tricks.ts'
import { credentialElsewhere } from './attacks/requests/credential-elsewhere.ts'
import { fieldNamesDisguised } from './attacks/requests/field-names-disguised.ts'
import { fieldsDoubled } from './attacks/requests/fields-doubled.ts'
import { fieldsFolded } from './attacks/requests/fields-folded.ts'
import { fieldsJoined } from './attacks/requests/fields-joined.ts'
import { fieldsOversized } from './attacks/requests/fields-oversized.ts'
import { forwardedFields } from './attacks/requests/forwarded-fields.ts'
import { methodOverride } from './attacks/requests/method-override.ts'
import { pathCase } from './attacks/requests/path-case.ts'
import { pathDisguised } from './attacks/requests/path-disguised.ts'
import { targetAbsolute } from './attacks/requests/target-absolute.ts'
import { transferEncoding } from './attacks/requests/transfer-encoding.ts'
import { floodOfChallenges } from './attacks/floods/flood-of-challenges.ts'
import { floodOfJunk } from './attacks/floods/flood-of-junk.ts'
import { floodOfIdleConnections } from './attacks/floods/flood-of-idle-connections.ts'
import { floodOfKids } from './attacks/floods/flood-of-kids.ts'
import { jwksHangs } from './attacks/floods/jwks-hangs.ts'
import { replayStoreFilled } from './attacks/floods/replay-store-filled.ts'
import { resignedAppOnPhone } from './attacks/phones/resigned-app-on-phone.ts'
import { otherPackageOnPhone } from './attacks/phones/other-package-on-phone.ts'
import { otherTeamOnIphone } from './attacks/phones/other-team-on-iphone.ts'
import { chainExtended } from './attacks/phones/chain-extended.ts'
import { chainForged } from './attacks/phones/chain-forged.ts'
import { keyFromOutside } from './attacks/phones/key-from-outside.ts'
import { keystoreInSoftware } from './attacks/phones/keystore-in-software.ts'
import { bootLoaderUnlocked } from './attacks/phones/boot-loader-unlocked.ts'
import { keyboxRevoked } from './attacks/phones/keybox-revoked.ts'
import { keyboxRevokedLater } from './attacks/phones/keybox-revoked-later.ts'
import { keyboxSuspended } from './attacks/phones/keybox-suspended.ts'
import { rootsOfOnesOwn } from './attacks/phones/roots-of-ones-own.ts'
import { sandboxEvidence } from './attacks/phones/sandbox-evidence.ts'
import { evidenceLeftOut } from './attacks/phones/evidence-left-out.ts'
import { evidenceRepeated } from './attacks/phones/evidence-repeated.ts'
import { evidenceOfOtherPlatform } from './attacks/phones/evidence-of-other-platform.ts'
import { oneKeyPassedOff } from './attacks/phones/one-key-passed-off.ts'
import { attestationRelayed } from './attacks/phones/attestation-relayed.ts'
import { phonesSpliced } from './attacks/phones/phones-spliced.ts'
import { phonesSplicedAlike } from './attacks/phones/phones-spliced-alike.ts'
import { phonesSplicedVerdict } from './attacks/phones/phones-spliced-verdict.ts'
import { playOtherPackage } from './attacks/phones/play-other-package.ts'
import { playStale } from './attacks/phones/play-stale.ts'
import { playReplayed } from './attacks/phones/play-replayed.ts'
import { counterRolledBack } from './attacks/phones/counter-rolled-back.ts'
import { assertionReplayed } from './attacks/phones/assertion-replayed.ts'
import { assertionOfOtherKey } from './attacks/phones/assertion-of-other-key.ts'
import { copiedKeyRefreshed } from './attacks/phones/copied-key-refreshed.ts'
import { copiedKeyRefreshedLate } from './attacks/phones/copied-key-refreshed-late.ts'
import { copiedKeyRefreshedIphone } from './attacks/phones/copied-key-refreshed-iphone.ts'
import { olderBuildOnIphone } from './attacks/phones/older-build-on-iphone.ts'
import { brokerWithinLimit } from './attacks/phones/broker-within-limit.ts'
import { brokerBeyondLimit } from './attacks/phones/broker-beyond-limit.ts'
import { brokerLeakedKeybox } from './attacks/phones/broker-leaked-keybox.ts'
import { brokerLeakedKeyboxBeyond } from './attacks/phones/broker-leaked-keybox-beyond.ts'
import { brokerIphoneSharedKey } from './attacks/phones/broker-iphone-shared-key.ts'
import { brokerIphoneNewKeys } from './attacks/phones/broker-iphone-new-keys.ts'
import { testRootsInProduction } from './attacks/phones/test-roots-in-production.ts'
import { testVendorsExposed } from './attacks/phones/test-vendors-exposed.ts'

/** Every attack, in the order in which they are told. */
export const catalogue: readonly Attack[] = [
  // Without the app
  plainScript,
  secretFromApk,
  credentialGuessed,
  capturedRequest,
  answerMadeUp,
  tokenAndKeyCopied,
  brokeredDevice,
  unguardedRoute,
  // Tampered apps
  repackagedInNode,
  repackagedWithApktool,
  oneBitChanged,
  byteAppended,
  libraryAdded,
  sdkFileChanged,
  sdkOlder,
  manifestMadeDebuggable,
  segmentRenamed,
  segmentsReordered,
  segmentSplit,
  sdkPatchedInMemory,
  sdkPatchedAndHidden,
  liveCodeLeftOut,
  cryptoHooked,
  driven,
  drivenAndHidden,
  pristineCopy,
  sdkHeadless,
  // Builds
  unknownApp,
  unknownBuild,
  retiredBuild,
  tokenOfRetiredBuild,
  belowMinimumVersion,
  otherPlatformAudience,
  otherPlatformToken,
  registeredByStranger,
  registeredDebuggable,
  registeredOtherSigner,
  registeredSignatureBroken,
  registeredJunk,
  pipelineKeyExceeded,
  reasonLookedUp,
  // Answers
  answerOtherKey,
  answerSignedByOther,
  answerReplayed,
  challengeUsedAgain,
  challengeRedated,
  challengeMadeUp,
  challengeOtherApp,
  challengeOtherBuild,
  planMadeEasier,
  planOfOtherApp,
  planShopping,
  measurementOfOtherChallenge,
  responseMadeUp,
  probesVolunteered,
  probeAnswerChanged,
  evidenceStripped,
  evidenceMadeUp,
  audienceWidened,
  hostileService,
  // Json
  clientDataJson,
  clientDataRespelled,
  jsonDuplicateMembers,
  jsonLoneSurrogates,
  jsonOtherEncodings,
  jsonPrototype,
  jsonTooDeep,
  bodiesOversized,
  mediaTypeSimple,
  pageOfForeignOrigin,
  // Tokens
  tokenStolen,
  tokenWithoutProof,
  tokenOtherAudience,
  tokenExpired,
  tokenClaimsChanged,
  tokenAlgNone,
  tokenHmacWithPublicKey,
  tokenForeignKid,
  tokenKnownKid,
  tokenOwnKeyNamed,
  tokenKidTricks,
  tokenTypeConfused,
  tokenRespelled,
  tokenJsonTricks,
  // Proofs
  proofOtherMethod,
  proofOtherUrl,
  proofReplayed,
  proofRaced,
  proofReplayedOtherApi,
  proofReplayedSecondNode,
  proofReplayedNonceNode,
  proofStale,
  proofAlgConfused,
  proofUserTokenSwapped,
  proofWeakerMethod,
  proofJsonTricks,
  proofJtiTricks,
  // Requests
  credentialElsewhere,
  fieldNamesDisguised,
  fieldsDoubled,
  fieldsFolded,
  fieldsJoined,
  fieldsOversized,
  forwardedFields,
  methodOverride,
  pathCase,
  pathDisguised,
  targetAbsolute,
  transferEncoding,
  // Floods
  floodOfChallenges,
  floodOfJunk,
  floodOfIdleConnections,
  floodOfKids,
  jwksHangs,
  replayStoreFilled,
  // Phones
  resignedAppOnPhone,
  otherPackageOnPhone,
  otherTeamOnIphone,
  chainExtended,
  chainForged,
  keyFromOutside,
  keystoreInSoftware,
  bootLoaderUnlocked,
  keyboxRevoked,
  keyboxSuspended,
  keyboxRevokedLater,
  rootsOfOnesOwn,
  sandboxEvidence,
  evidenceLeftOut,
  evidenceRepeated,
  evidenceOfOtherPlatform,
  oneKeyPassedOff,
  attestationRelayed,
  phonesSpliced,
  phonesSplicedVerdict,
  phonesSplicedAlike,
  playOtherPackage,
  playStale,
  playReplayed,
  counterRolledBack,
  assertionReplayed,
  assertionOfOtherKey,
  copiedKeyRefreshed,
  copiedKeyRefreshedLate,
  copiedKeyRefreshedIphone,
  olderBuildOnIphone,
  brokerWithinLimit,
  brokerBeyondLimit,
  brokerLeakedKeybox,
  brokerLeakedKeyboxBeyond,
  brokerIphoneSharedKey,
  brokerIphoneNewKeys,
  testRootsInProduction,
  testVendorsExposed,
]
