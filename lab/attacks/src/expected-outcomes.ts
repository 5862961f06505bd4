import type { Level } from './attack.ts'
import type { Expectations, Expected } from './judge.ts'

/**
 * What should come of each attack at each level. This file is reviewed like code: a change here says that Assay stops
 * more, or less, than it did. Codes are those that the operator finds; callers see less.
 */

const through: Expected = { outcome: 'through' }
const refused = (code: string): Expected => ({ outcome: 'refused', code })
const notApplicable = (reason: string): Expected => ({ outcome: 'not-applicable', reason })

const noSecret = 'the API asks for no credential at this level'
const noMeasurement = 'nobody looks at the code of the app at this level'
const noRegistration = 'builds are not registered anywhere at this level'
const noChallenge = 'the app is not challenged at this level'
const noService = 'there is no attestation service at this level'
const noToken = 'there are no tokens and proofs at this level'
const noHardware = 'no hardware vouches for anything at this level'
const noGuard = 'there is no guard to get past at this level'

/** With hardware as without, where nothing else is said. */
const atEach = (
  unprotected: Expected,
  embeddedSecret: Expected,
  software: Expected,
  hardware = software,
): Record<Level, Expected> => ({
  unprotected,
  'embedded-secret': embeddedSecret,
  'assay-software': software,
  'assay-hardware': hardware,
})
const onlyAssay = (reason: string, software: Expected, hardware = software) =>
  atEach(notApplicable(reason), notApplicable(reason), software, hardware)
const onlyHardware = (hardware: Expected) => onlyAssay(noHardware, notApplicable(noHardware), hardware)

export const expectedOutcomes: Expectations = {
  // Without the app
  'plain-script': atEach(through, refused('wrong_api_key'), refused('TOKEN_MISSING')),
  'secret-from-apk': atEach(notApplicable(noSecret), through, refused('PROOF_MISSING,TOKEN_MISSING')),
  'credential-guessed': atEach(notApplicable(noSecret), refused('wrong_api_key'), refused('TOKEN_SIGNATURE')),
  'captured-request': atEach(through, through, refused('PROOF_REPLAYED')),
  'answer-made-up': onlyAssay(noChallenge, refused('SOFTWARE_SEGMENT_MISMATCH')),
  'token-and-key-copied': onlyAssay(noToken, through),
  'brokered-device': onlyAssay(noToken, through),
  'unguarded-route': onlyAssay(noGuard, through),
  // Tampered apps
  'repackaged-in-node': atEach(through, through, refused('SOFTWARE_SEGMENT_MISMATCH')),
  'repackaged-with-apktool': atEach(through, through, refused('SOFTWARE_SEGMENT_MISMATCH')),
  'one-bit-changed': atEach(through, through, refused('SOFTWARE_SEGMENT_MISMATCH')),
  'byte-appended': onlyAssay(noMeasurement, refused('SOFTWARE_SEGMENT_MISMATCH')),
  'library-added': atEach(through, through, refused('SOFTWARE_SEGMENTS')),
  'sdk-file-changed': atEach(through, through, refused('SOFTWARE_SEGMENT_MISMATCH')),
  'sdk-older': atEach(through, through, refused('SOFTWARE_SEGMENT_MISMATCH')),
  'manifest-made-debuggable': atEach(through, through, through, refused('ANDROID_KEY_SIGNER')),
  'segment-renamed': onlyAssay(noMeasurement, refused('SOFTWARE_SEGMENTS')),
  'segments-reordered': onlyAssay(noMeasurement, refused('SOFTWARE_SEGMENT_MISMATCH')),
  'segment-split': onlyAssay(noMeasurement, refused('SOFTWARE_SEGMENTS')),
  'sdk-patched-in-memory': onlyAssay(noMeasurement, refused('SOFTWARE_SEGMENT_MISMATCH')),
  'sdk-patched-and-hidden': onlyAssay(noMeasurement, through),
  'live-code-left-out': onlyAssay(noMeasurement, refused('SOFTWARE_LIVE_CODE')),
  'crypto-hooked': onlyAssay(noMeasurement, refused('CRYPTO_HOOKED')),
  driven: onlyAssay(noMeasurement, refused('AUTOMATION')),
  'driven-and-hidden': onlyAssay(noMeasurement, through),
  'pristine-copy': atEach(through, through, through, refused('ANDROID_KEY_SIGNER')),
  'sdk-headless': onlyAssay(noMeasurement, through, refused('HARDWARE_EVIDENCE_MISSING')),
  // Builds and registration
  'unknown-app': onlyAssay(noRegistration, refused('app_not_registered')),
  'unknown-build': onlyAssay(noRegistration, refused('build_not_registered')),
  'retired-build': onlyAssay(noRegistration, refused('build_retired')),
  'token-of-retired-build': onlyAssay(noToken, through),
  'below-minimum-version': onlyAssay(noRegistration, refused('build_below_minimum')),
  'other-platform-audience': onlyAssay(noRegistration, refused('audience_not_registered')),
  'other-platform-token': onlyAssay(noRegistration, refused('APP_NOT_ADMITTED')),
  'registered-by-stranger': onlyAssay(noRegistration, refused('unauthorized')),
  'registered-debuggable': onlyAssay(noRegistration, refused('build_debuggable')),
  'registered-other-signer': onlyAssay(noRegistration, refused('signer_not_registered')),
  'registered-signature-broken': onlyAssay(noRegistration, refused('APK_DIGEST_MISMATCH')),
  'registered-junk': onlyAssay(noRegistration, refused('ZIP_MALFORMED,ZIP_TRUNCATED')),
  'pipeline-key-exceeded': onlyAssay(noRegistration, refused('scope_insufficient')),
  'reason-looked-up': onlyAssay(noRegistration, refused('scope_insufficient,unauthorized')),
  // Challenges and answers
  'answer-other-key': onlyAssay(noChallenge, refused('challenge_invalid')),
  'answer-signed-by-other': onlyAssay(noChallenge, refused('client_data_signature_invalid')),
  'answer-replayed': onlyAssay(noChallenge, refused('PROOF_KEY_MISMATCH')),
  'challenge-used-again': onlyAssay(noChallenge, refused('challenge_used')),
  'challenge-redated': onlyAssay(noChallenge, refused('challenge_invalid')),
  'challenge-made-up': onlyAssay(noChallenge, refused('challenge_invalid,challenge_malformed')),
  'challenge-other-app': onlyAssay(noChallenge, refused('challenge_invalid')),
  'challenge-other-build': onlyAssay(noChallenge, refused('challenge_invalid')),
  'plan-made-easier': onlyAssay(noChallenge, refused('challenge_invalid')),
  'plan-of-other-app': onlyAssay(noChallenge, refused('challenge_invalid')),
  'plan-shopping': onlyAssay(noChallenge, refused('SAME_PLAN')),
  'measurement-of-other-challenge': onlyAssay(noChallenge, refused('SOFTWARE_SEGMENT_MISMATCH')),
  'response-made-up': onlyAssay(noChallenge, refused('SOFTWARE_RESPONSE_MISMATCH')),
  'probes-volunteered': onlyAssay(noChallenge, refused('SOFTWARE_PROBES')),
  'probe-answer-changed': onlyAssay(noChallenge, refused('SOFTWARE_RESPONSE_MISMATCH')),
  'evidence-stripped': onlyAssay(noChallenge, refused('evidence_list_mismatch')),
  'evidence-made-up': onlyAssay(noChallenge, refused('EVIDENCE_FORMAT_UNKNOWN')),
  'audience-widened': onlyAssay(noChallenge, refused('audience_not_registered')),
  'hostile-service': onlyAssay(noService, refused('sdk:plan_refused')),
  // JSON and encodings
  'client-data-json': onlyAssay(noService, refused('client_data_malformed')),
  'client-data-respelled': onlyAssay(
    noService,
    refused('client_data_malformed,client_data_signature_invalid,request_invalid'),
  ),
  'json-duplicate-members': onlyAssay(noService, refused('json_duplicate_member')),
  'json-lone-surrogates': onlyAssay(noService, refused('json_invalid')),
  'json-other-encodings': onlyAssay(noService, refused('json_invalid')),
  'json-prototype': onlyAssay(noService, refused('json_invalid,request_invalid')),
  'json-too-deep': onlyAssay(noService, refused('json_too_deep')),
  'bodies-oversized': onlyAssay(noService, refused('body_too_large')),
  'media-type-simple': onlyAssay(noService, refused('media_type_unsupported')),
  'page-of-foreign-origin': onlyAssay(noService, refused('NO_CORS')),
  // Tokens
  'token-stolen': onlyAssay(noToken, refused('PROOF_KEY_MISMATCH')),
  'token-without-proof': onlyAssay(noToken, refused('PROOF_MISSING,TOKEN_MISSING')),
  'token-other-audience': onlyAssay(noToken, refused('TOKEN_AUDIENCE')),
  'token-expired': onlyAssay(noToken, refused('TOKEN_EXPIRED')),
  'token-claims-changed': onlyAssay(noToken, refused('TOKEN_SIGNATURE')),
  'token-alg-none': onlyAssay(noToken, refused('TOKEN_ALGORITHM,TOKEN_MALFORMED')),
  'token-hmac-with-public-key': onlyAssay(noToken, refused('TOKEN_ALGORITHM')),
  'token-foreign-kid': onlyAssay(noToken, refused('TOKEN_KEY_UNKNOWN')),
  'token-known-kid': onlyAssay(noToken, refused('TOKEN_SIGNATURE')),
  'token-own-key-named': onlyAssay(noToken, refused('TOKEN_KEY_ID,TOKEN_KEY_UNKNOWN,TOKEN_SIGNATURE')),
  'token-kid-tricks': onlyAssay(noToken, refused('REQUEST_FIELDS_TOO_LARGE,TOKEN_KEY_ID,TOKEN_KEY_UNKNOWN')),
  'token-type-confused': onlyAssay(noToken, refused('TOKEN_CRITICAL,TOKEN_TYPE')),
  'token-respelled': onlyAssay(noToken, refused('TOKEN_MALFORMED,TOKEN_SIGNATURE')),
  'token-json-tricks': onlyAssay(noToken, refused('TOKEN_MALFORMED')),
  // Proofs
  'proof-other-method': onlyAssay(noToken, refused('PROOF_HTM')),
  'proof-other-url': onlyAssay(noToken, refused('PROOF_HTU')),
  'proof-replayed': onlyAssay(noToken, refused('PROOF_REPLAYED')),
  'proof-raced': onlyAssay(noToken, refused('PROOF_REPLAYED')),
  'proof-replayed-other-api': onlyAssay(noToken, refused('PROOF_HTU,TOKEN_AUDIENCE')),
  'proof-replayed-second-node': onlyAssay(noToken, through),
  'proof-replayed-nonce-node': onlyAssay(noToken, refused('NONCE_INVALID')),
  'proof-stale': onlyAssay(noToken, refused('PROOF_CLAIMS,PROOF_FROM_FUTURE,PROOF_TOO_OLD')),
  'proof-alg-confused': onlyAssay(noToken, refused('PROOF_ALGORITHM,PROOF_SIGNATURE')),
  'proof-user-token-swapped': onlyAssay(noToken, refused('PROOF_ATH,PROOF_ATH_MISSING')),
  'proof-weaker-method': onlyAssay(noToken, refused('PROOF_METHOD_NOT_ADMITTED')),
  'proof-json-tricks': onlyAssay(noToken, refused('PROOF_MALFORMED')),
  'proof-jti-tricks': onlyAssay(noToken, refused('PROOF_JTI,REQUEST_FIELDS_TOO_LARGE')),
  // Requests in raw bytes
  'credential-elsewhere': onlyAssay(noGuard, refused('TOKEN_MISSING')),
  'field-names-disguised': onlyAssay(noGuard, refused('HTTP_400,TOKEN_MISSING')),
  'fields-doubled': onlyAssay(noGuard, refused('AUTHORIZATION_REPEATED,PROOF_REPEATED,TOKEN_REPEATED')),
  'fields-folded': onlyAssay(noGuard, refused('HTTP_400')),
  'fields-joined': onlyAssay(noGuard, refused('AUTHORIZATION_REPEATED,PROOF_REPEATED,TOKEN_REPEATED')),
  'fields-oversized': onlyAssay(noGuard, refused('HTTP_431,REQUEST_FIELDS_TOO_LARGE')),
  'forwarded-fields': onlyAssay(noGuard, refused('HTTP_404,OPEN_ROUTE,PROOF_HTU,TOKEN_MISSING')),
  'method-override': onlyAssay(noGuard, refused('HTTP_400,HTTP_404,PROOF_HTM,TOKEN_MISSING')),
  'path-case': onlyAssay(noGuard, refused('HTTP_404,PROOF_HTU,TOKEN_MISSING')),
  'path-disguised': onlyAssay(noGuard, refused('HTTP_400,HTTP_404,OPEN_ROUTE,TOKEN_MISSING')),
  'target-absolute': onlyAssay(noGuard, refused('HTTP_400,HTTP_404,PROOF_HTU,TOKEN_MISSING')),
  'transfer-encoding': onlyAssay(noGuard, refused('HTTP_400,TOKEN_MISSING')),
  // Floods
  'flood-of-challenges': onlyAssay(noService, refused('rate_limited')),
  'flood-of-junk': onlyAssay(noService, refused('client_data_malformed')),
  'flood-of-idle-connections': onlyAssay(noService, refused('OTHERS_SERVED')),
  'flood-of-kids': onlyAssay(noToken, refused('TOKEN_KEY_UNKNOWN')),
  'jwks-hangs': onlyAssay(noToken, refused('OTHERS_SERVED')),
  'replay-store-filled': onlyAssay(noToken, refused('PROOF_SHARE_SPENT')),
  // Phones
  'resigned-app-on-phone': onlyHardware(refused('ANDROID_KEY_SIGNER')),
  'other-package-on-phone': onlyHardware(refused('ANDROID_KEY_PACKAGE')),
  'other-team-on-iphone': onlyHardware(refused('APP_ATTEST_APP_ID')),
  'chain-extended': onlyHardware(refused('ANDROID_KEY_EXTENSION')),
  'chain-forged': onlyHardware(
    refused('ANDROID_KEY_EXTENSION,ANDROID_KEY_ISSUER,ANDROID_KEY_REPEATED_KEY,ANDROID_KEY_SIGNATURE'),
  ),
  'key-from-outside': onlyHardware(
    refused('ANDROID_KEY_ALL_APPLICATIONS,ANDROID_KEY_ORIGIN,ANDROID_KEY_PURPOSE'),
  ),
  'keystore-in-software': onlyHardware(refused('ANDROID_KEY_SOFTWARE_ROOT,KEY_IN_SOFTWARE')),
  'boot-loader-unlocked': onlyHardware(refused('BOOT_LOADER_UNLOCKED')),
  'keybox-revoked': onlyHardware(refused('ANDROID_KEY_REVOKED')),
  'keybox-suspended': onlyHardware(refused('ANDROID_KEY_SUSPENDED')),
  'keybox-revoked-later': onlyHardware(refused('ANDROID_KEY_REVOKED')),
  'roots-of-ones-own': onlyHardware(
    refused('ANDROID_KEY_ANCHOR,APP_ATTEST_ANCHOR,APP_ATTEST_INTERMEDIATE_SIGNATURE'),
  ),
  'sandbox-evidence': onlyHardware(refused('APP_ATTEST_ENVIRONMENT')),
  'evidence-left-out': onlyHardware(refused('HARDWARE_EVIDENCE_MISSING')),
  'evidence-repeated': onlyHardware(refused('EVIDENCE_REPEATED')),
  'evidence-of-other-platform': onlyHardware(refused('EVIDENCE_NOT_ADMITTED')),
  'one-key-passed-off': onlyHardware(refused('EVIDENCE_OF_KEY_MISSING,EVIDENCE_OTHER_KEY')),
  'attestation-relayed': onlyHardware(refused('ANDROID_KEY_COMMITMENT,APP_ATTEST_NONCE')),
  'phones-spliced': onlyHardware(refused('ANDROID_KEY_ISSUER')),
  'phones-spliced-verdict': onlyHardware(refused('EVIDENCE_DISAGREES')),
  'phones-spliced-alike': onlyHardware(through),
  'play-other-package': onlyHardware(
    refused('PLAY_INTEGRITY_CERTIFICATE,PLAY_INTEGRITY_PACKAGE,PLAY_INTEGRITY_REQUEST_PACKAGE'),
  ),
  'play-stale': onlyHardware(refused('PLAY_INTEGRITY_STALE')),
  'play-replayed': onlyHardware(refused('PLAY_INTEGRITY_COMMITMENT')),
  'counter-rolled-back': onlyHardware(refused('APP_ATTEST_ASSERTION_COUNTER')),
  'assertion-replayed': onlyHardware(refused('APP_ATTEST_ASSERTION_SIGNATURE')),
  'assertion-of-other-key': onlyHardware(refused('APP_ATTEST_ASSERTION_SIGNATURE')),
  'copied-key-refreshed': onlyHardware(through),
  'copied-key-refreshed-late': onlyHardware(refused('HARDWARE_EVIDENCE_OLD')),
  'copied-key-refreshed-iphone': onlyHardware(refused('ANCHOR_SIGNATURE_MISSING')),
  'older-build-on-iphone': onlyHardware(refused('BUILD_OLDER_THAN_BEFORE')),
  'broker-within-limit': onlyHardware(through),
  'broker-beyond-limit': onlyHardware(refused('ANCHOR_ENROLMENTS_SPENT')),
  'broker-leaked-keybox': onlyHardware(through),
  'broker-leaked-keybox-beyond': onlyHardware(refused('ANCHOR_ENROLMENTS_SPENT')),
  'broker-iphone-shared-key': onlyHardware(refused('enrolment_required')),
  'broker-iphone-new-keys': onlyHardware(through),
  'test-roots-in-production': onlyHardware(refused('ANDROID_KEY_ANCHOR,APP_ATTEST_ANCHOR')),
  'test-vendors-exposed': onlyHardware(refused('SERVICE_TEST_VENDORS')),
}
