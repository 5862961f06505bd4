import type { CodeTable } from '@assay/protocol'

/** Denials that no package below the service knows. */
export const denialCodes = {
  EVIDENCE_FORMAT_UNKNOWN: {
    meaning: 'The client sent evidence in a format that this service does not know.',
    action: "Take the evidence source out of the SDK's options, or update the service.",
  },
  EVIDENCE_NOT_ADMITTED: {
    meaning: 'The app is not registered for evidence of this format.',
    action:
      "Register the format's settings in `evidence` of the app, or take the source out of the SDK's options.",
  },
  EVIDENCE_REPEATED: {
    meaning: 'Two pieces of evidence in one format.',
    action: 'Give each evidence source to the SDK once.',
  },
  EVIDENCE_DISAGREES: {
    meaning:
      'Evidence states another version than the measured build has, or two pieces state different ones.',
    action:
      'Check that version code (iOS: bundle version) of the registered build is that of the released one; otherwise evidence of another installation was spliced in.',
  },
  EVIDENCE_OTHER_KEY: {
    meaning: 'The attested key is not the installation key, though the challenge was asked for without one.',
    action: 'Attest the very key that signs the client data.',
  },
  EVIDENCE_OF_KEY_MISSING: {
    meaning: 'The challenge was asked for without a key, and no attestation of the key came.',
    action: 'Name the installation key in the challenge request, or send the attestation of it.',
  },
  VOUCHING_KEY_SIGNATURE_MISSING: {
    meaning: 'Remembered evidence came without the assertion that its vouching key can sign.',
    action: 'Send an assertion with each refresh; without one a copied installation key would do.',
  },
  VOUCHING_KEY_ENROLMENTS_SPENT: {
    meaning: 'The vouching key has vouched for as many new installation keys today as it may.',
    action:
      'One device for many: a farm, a broker or a leaked key. If it is your own test device, raise `enrolments_per_day`.',
  },
  UNVOUCHED_ENROLMENTS_SPENT: {
    meaning: 'As many installations for whose keys no hardware key vouches have enrolled today as may.',
    action:
      'A farm that shows no chains; or phones that cannot attest: if they are yours, raise `--unvouched-per-day` of the app.',
  },
  VOUCHING_KEY_BANNED: {
    meaning: 'The operator has banned the vouching key of this installation.',
    action: 'Lift the ban if it was a mistake.',
  },
  INSTALLATION_BANNED: {
    meaning: 'The operator has banned this installation, by its key or by its name at an API.',
    action:
      'Lift the ban if it was a mistake. A new installation of the app has another key, and is not banned.',
  },
  ALLOW_LISTED: {
    meaning:
      'Not a denial: the policy refused the installation, and it got a token with the claim `allowed` because it is on the allow list.',
    action: '`assay allow list` shows who let it through, and until when.',
  },
  SHADOW_POLICY_FAILED: {
    meaning:
      'Not a denial: the shadow policy of the app could not be judged by. The answer is that of the real policy.',
    action:
      '`assay policy show ID` and `assay policy check FILE` say what is wrong with it; too many at once are counted so too.',
  },
  ASSERTION_COUNTER_USED: {
    meaning: 'An assertion with this counter or a later one came before.',
    action: 'Replayed, or the vouching key is used in two places. A new key has to be attested.',
  },
  BUILD_OLDER_THAN_BEFORE: {
    meaning: 'The installation has attested with a newer build before.',
    action:
      'Phones do not install older builds over newer ones: somebody copied the installation key into an old build.',
  },
  ABI_CHANGED: {
    meaning: 'The installation has attested with native code of another ABI before.',
    action:
      'Phones keep the ABI of an app as long as it is installed: somebody copied the installation key, or asks for plans of another ABI.',
  },
  DEVELOPMENT_SECRET_UNKNOWN: {
    meaning: 'A development token was asked for with a secret that does not exist.',
    action: 'Check the secret; `assay development add` makes one. Many of these: somebody guesses.',
  },
  DEVELOPMENT_SECRET_EXPIRED: {
    meaning: 'The development secret has expired.',
    action: 'Make a new one: `assay development add`.',
  },
  DEVELOPMENT_SECRET_REVOKED: {
    meaning: 'The development secret was revoked.',
    action: 'Who still uses it? `assay development list` has its name and its last use.',
  },
  DEVELOPMENT_SECRET_OTHER_APP: {
    meaning: 'The development secret is of another app.',
    action: 'Give each app a secret of its own.',
  },
  DEVELOPMENT_NOT_REGISTERED: {
    meaning:
      'App or API is not registered for development, or its tokens are not bound: production gets no such token.',
    action: 'Register an app and an API of their own with `--development`.',
  },
} as const satisfies CodeTable

export type AttestationDenialCode = keyof typeof denialCodes
