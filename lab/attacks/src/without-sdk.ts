/** SDKs of phones. */
export type PhoneSdk = 'Kotlin' | 'Swift'

/** Why attacks are not carried out with the SDK of a phone itself. */
export interface WithoutSdk {
  readonly sdks: readonly PhoneSdk[]
  readonly reason: string
  /** Ids of attacks. */
  readonly ids: readonly string[]
}

const both = ['Kotlin', 'Swift'] as const

/** The empty cells of the table, and why they are. A test holds that every one is here. */
export const withoutSdk: readonly WithoutSdk[] = [
  {
    sdks: both,
    reason: 'A script attacks without the app, or with requests that it writes itself',
    ids: [
      ...['plain-script', 'secret-from-apk', 'credential-guessed', 'answer-made-up', 'bodies-oversized'],
      ...['media-type-simple', 'page-of-foreign-origin', 'client-data-json', 'client-data-respelled'],
      ...[
        'json-duplicate-members',
        'json-lone-surrogates',
        'json-other-encodings',
        'json-prototype',
        'json-too-deep',
      ],
    ],
  },
  {
    sdks: both,
    reason: 'The attacker writes client data and signs it; an SDK signs only what it has written itself',
    ids: [
      ...['answer-other-key', 'challenge-used-again', 'challenge-shopping', 'challenge-other-app'],
      ...['challenge-other-build', 'plan-of-other-app', 'plan-shopping', 'measurement-of-other-challenge'],
      ...[
        'response-made-up',
        'probes-volunteered',
        'probe-answer-changed',
        'evidence-made-up',
        'audience-widened',
      ],
      'evidence-of-other-platform',
    ],
  },
  {
    sdks: both,
    reason: 'The installation key is outside the hardware, where the SDK of a phone never puts it',
    ids: [
      ...[
        'token-and-key-copied',
        'key-outside-keystore',
        'copied-key-refreshed',
        'copied-key-refreshed-two-keys',
      ],
      ...['copied-key-refreshed-late', 'copied-key-refreshed-iphone'],
    ],
  },
  {
    sdks: both,
    reason: 'A phone vouches for keys that a script has made and holds',
    ids: ['broker-iphone-shared-key', 'broker-iphone-new-keys'],
  },
  {
    sdks: both,
    reason: 'It acts on the JavaScript of an app in React Native, which has a column of its own',
    ids: ['bundle-patched', 'module-replaced'],
  },
  {
    sdks: both,
    reason: 'The attacker forges the token or the proof',
    ids: [
      ...[
        'token-expired',
        'token-claims-changed',
        'token-alg-none',
        'token-hmac-with-public-key',
        'token-foreign-kid',
      ],
      ...[
        'token-known-kid',
        'token-own-key-named',
        'development-token-in-production',
        'token-kid-tricks',
        'token-type-confused',
        'token-respelled',
      ],
      ...['token-json-tricks', 'proof-stale', 'proof-alg-confused', 'proof-json-tricks', 'proof-jti-tricks'],
    ],
  },
  {
    sdks: both,
    reason: 'It acts on the API or its guard, with a request that is the same from every SDK',
    ids: [
      ...[
        'unguarded-route',
        'token-of-retired-build',
        'token-of-banned-phone',
        'proof-replayed-second-node',
        'proof-replayed-unshared-node',
        'proof-replayed-nonce-node',
      ],
      ...[
        'credential-elsewhere',
        'field-names-disguised',
        'fields-doubled',
        'fields-folded',
        'fields-joined',
      ],
      ...[
        'fields-oversized',
        'forwarded-fields',
        'method-override',
        'path-case',
        'path-disguised',
        'target-absolute',
      ],
      ...['transfer-encoding', 'jwks-hangs', 'replay-store-filled', 'flood-of-kids'],
    ],
  },
  {
    sdks: both,
    reason: 'It acts on the service or its operator',
    ids: [
      ...[
        'registered-by-stranger',
        'registered-debuggable',
        'registered-other-signer',
        'registered-signature-broken',
      ],
      ...[
        'registered-junk',
        'lazy-chunk-swapped',
        'banned-software-key',
        'import-map-without-integrity',
        'pipeline-key-exceeded',
        'reason-looked-up',
        'flood-of-challenges',
        'flood-of-junk',
      ],
      ...['flood-of-idle-connections', 'test-roots-in-production', 'test-vendors-exposed'],
    ],
  },
  {
    sdks: both,
    reason:
      'It changes functions whose source an engine shows; a native SDK has none, and `ipa-patched-in-memory` is what stands for it on an iPhone',
    ids: ['sdk-patched-in-memory', 'sdk-patched-and-hidden', 'live-code-left-out', 'crypto-hooked'],
  },
  {
    sdks: ['Swift'],
    reason:
      'On an iPhone the SDK is part of the executable, whose file the store rewrites; `ipa-executable-patched` is what stands for it',
    ids: ['sdk-file-changed', 'sdk-older'],
  },
  {
    sdks: ['Swift'],
    reason: 'It is an attack on Android, its hardware or Google Play',
    ids: [
      ...[
        'repackaged-with-apktool',
        'manifest-made-debuggable',
        'abi-shopped',
        'abi-changed',
        'resigned-app-on-phone',
      ],
      ...[
        'debug-signer-once-registered',
        'other-package-on-phone',
        'chain-extended',
        'chain-forged',
        'key-from-outside',
      ],
      ...[
        'keystore-in-software',
        'boot-loader-unlocked',
        'keybox-revoked',
        'keybox-suspended',
        'keybox-revoked-later',
      ],
      ...[
        'evidence-repeated',
        'one-key-passed-off',
        'phones-spliced',
        'phones-spliced-verdict',
        'phones-spliced-alike',
      ],
      ...[
        'play-other-package',
        'play-stale',
        'play-replayed',
        'ban-evaded-without-chain',
        'farm-evaded-without-chain',
      ],
      ...['boot-state-hidden-by-play', 'play-budget-drained', 'play-budget-drained-to-skip-play'],
      ...[
        'broker-leaked-keybox',
        'broker-leaked-keybox-beyond',
        'broker-within-limit',
        'broker-beyond-limit',
      ],
    ],
  },
  {
    sdks: ['Kotlin'],
    reason: "It is an attack on iOS or on Apple's App Attest",
    ids: [
      ...['ipa-executable-patched', 'ipa-patched-in-memory', 'other-team-on-iphone', 'sandbox-evidence'],
      ...['counter-rolled-back', 'assertion-replayed', 'assertion-of-other-key', 'older-build-on-iphone'],
    ],
  },
  {
    sdks: ['Kotlin'],
    reason:
      'Only a changed SDK sends it: ours signs with the key that the chain names, and brings one chain, of its own challenge',
    ids: ['chain-extended', 'one-key-passed-off', 'attestation-relayed', 'evidence-repeated'],
  },
  {
    sdks: ['Kotlin'],
    reason: 'It needs Google Play, which the simulated phone of a JVM does not have',
    ids: [
      ...['play-other-package', 'play-stale', 'play-replayed', 'phones-spliced-verdict'],
      ...['phones-spliced-alike', 'ban-evaded-without-chain', 'farm-evaded-without-chain'],
      ...['boot-state-hidden-by-play', 'play-budget-drained', 'play-budget-drained-to-skip-play'],
    ],
  },
  {
    sdks: ['Kotlin'],
    reason:
      'What differs is done before or after by a tool or an operator; `repackaged-in-node`, `resigned-app-on-phone` and `keybox-revoked` are the same to an SDK',
    ids: ['repackaged-with-apktool', 'debug-signer-once-registered', 'keybox-revoked-later'],
  },
]
