import type { CodeTable } from '@assay/protocol'

/** Denials that no package below the service knows about. */
export const refusalCodes = {
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
    meaning: 'The client sent two pieces of evidence in one format.',
    action: 'Give each evidence source to the SDK once.',
  },
  EVIDENCE_DISAGREES: {
    meaning:
      'A piece of evidence states a version other than that of the measured build, or two pieces state different ones.',
    action:
      'Check that the registered build has the version code (iOS: bundle version) of the released one; if it has, evidence of another installation was spliced in.',
  },
  EVIDENCE_OTHER_KEY: {
    meaning:
      'The attested key is not the installation key, although the challenge was requested without one.',
    action: 'Attest the very key that signs the client data.',
  },
  EVIDENCE_OF_KEY_MISSING: {
    meaning: 'The challenge was requested without a key, but no attestation of the key came.',
    action: 'Name the installation key in the challenge request, or send its attestation.',
  },
  VOUCHING_KEY_SIGNATURE_MISSING: {
    meaning: 'Remembered evidence came without the assertion that its vouching key can sign.',
    action: 'Send an assertion with each refresh; without one a copied installation key would do.',
  },
  VOUCHING_KEY_ENROLMENTS_SPENT: {
    meaning: 'The vouching key has vouched for as many new installation keys today as it may.',
    action:
      'Look at what else the key vouched for: one device serves many, as a farm, a broker or a leaked key does. If it is your own test device, raise `enrolments_per_day`.',
  },
  UNVOUCHED_ENROLMENTS_SPENT: {
    meaning: 'The installations without a vouching hardware key have used up the enrolments of the day.',
    action:
      'Find out what enrols: a farm that shows no chains, or phones that cannot attest. If they are yours, raise `--unvouched-per-day` of the app.',
  },
  VOUCHING_KEY_BANNED: {
    meaning: 'The operator has banned the vouching key of this installation.',
    action: 'Lift the ban if it was a mistake.',
  },
  INSTALLATION_BANNED: {
    meaning: 'The operator has banned this installation, by its key or by its name at an API.',
    action:
      'Lift the ban if it was a mistake. A new installation of the app has another key, so it is not banned.',
  },
  ALLOW_LISTED: {
    meaning:
      'Not a denial: the policy refused the installation, and it got a token with the claim `allowed` because it is on the allow list.',
    action: 'See who let it through, and until when: `assay allow list`.',
  },
  SHADOW_POLICY_FAILED: {
    meaning:
      'Not a denial: the service could not apply the shadow policy of the app. The answer is that of the real policy.',
    action:
      'See what is wrong with the policy: `assay policy show ID` and `assay policy check FILE`. The code also appears when too many attestations come at once.',
  },
  ASSERTION_COUNTER_USED: {
    meaning: 'An assertion with this counter or a later one was accepted before.',
    action: 'Attest a new key. The assertion was replayed, or the vouching key is used in two places.',
  },
  BUILD_OLDER_THAN_BEFORE: {
    meaning: 'The installation has attested with a newer build before.',
    action:
      'Distrust the installation: phones do not install older builds over newer ones, so somebody copied the installation key into an old build.',
  },
  ABI_CHANGED: {
    meaning: 'The installation has attested with native code of another ABI before.',
    action:
      'Distrust the installation: phones keep the ABI of an app as long as it is installed, so somebody copied the installation key or asks for plans of another ABI.',
  },
  DEVELOPMENT_SECRET_UNKNOWN: {
    meaning: 'A request for a development token had a secret that does not exist.',
    action:
      'Check the secret; `assay development add` makes one. If you see many of these, somebody is guessing.',
  },
  DEVELOPMENT_SECRET_EXPIRED: {
    meaning: 'The development secret has expired.',
    action: 'Make a new one: `assay development add`.',
  },
  DEVELOPMENT_SECRET_REVOKED: {
    meaning: 'The development secret was revoked.',
    action: 'Find out who still uses it: `assay development list` shows its name and its last use.',
  },
  DEVELOPMENT_SECRET_OTHER_APP: {
    meaning: 'The development secret belongs to another app.',
    action: 'Give each app a secret of its own.',
  },
  DEVELOPMENT_TOKEN_KIND: {
    meaning:
      'A development token was requested for an API of kind `access`: a resource server that is not ours could not tell it from one of production.',
    action:
      'Register a separate API for development, with attestation tokens, and put the guard in front of it.',
  },
  DEVELOPMENT_NOT_REGISTERED: {
    meaning:
      'The app or the API is not registered for development, or its tokens are not bound: production gets no such token.',
    action: 'Register a separate app and API with `--development`.',
  },
} as const satisfies CodeTable

export type AttestationRefusalCode = keyof typeof refusalCodes
