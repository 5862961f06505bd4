/** The payload of a token, as Google writes it. */
export type PlayVerdict = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** @param at milliseconds since 1970 */
type Fault = (genuine: PlayVerdict, at: number) => PlayVerdict

const withMembers =
  (part: string, members: Readonly<Record<string, unknown>>): Fault =>
  (genuine) => ({ ...genuine, [part]: { ...genuine[part], ...members } })

const hour = 3_600_000

/** Everything by which a verdict can be made worthless, and how. */
const table = {
  /** Asked for by another app on the same phone. */
  'other-request-package': withMembers('requestDetails', { requestPackageName: 'com.example.other' }),
  /** Asked for by anyone who names the genuine app, and installed is another. */
  'other-package': withMembers('appIntegrity', {
    appRecognitionVerdict: 'UNRECOGNIZED_VERSION',
    packageName: 'com.example.other',
  }),
  /** The package is right and somebody else has signed it. */
  'other-signer': withMembers('appIntegrity', {
    appRecognitionVerdict: 'UNRECOGNIZED_VERSION',
    certificateSha256Digest: [Buffer.alloc(32, 0x5a).toString('base64url')],
  }),
  'other-version': withMembers('appIntegrity', { versionCode: '1' }),
  'not-recognised': withMembers('appIntegrity', { appRecognitionVerdict: 'UNRECOGNIZED_VERSION' }),
  'not-evaluated': withMembers('appIntegrity', { appRecognitionVerdict: 'UNEVALUATED' }),
  'other-binding': withMembers('requestDetails', { nonce: 'x'.repeat(43), requestHash: 'x'.repeat(43) }),
  stale: (genuine, at) => withMembers('requestDetails', { timestampMillis: String(at - hour) })(genuine, at),
  'from-the-future': (genuine, at) =>
    withMembers('requestDetails', { timestampMillis: String(at + hour) })(genuine, at),
  'no-device-integrity': withMembers('deviceIntegrity', { deviceRecognitionVerdict: [] }),
  'basic-integrity-only': withMembers('deviceIntegrity', {
    deviceRecognitionVerdict: ['MEETS_BASIC_INTEGRITY'],
  }),
  /** What somebody set in the Play Console. */
  'test-response': (genuine) => ({ ...genuine, testingDetails: { isTestingResponse: true } }),
  unlicensed: withMembers('accountDetails', { appLicensingVerdict: 'UNLICENSED' }),
} as const satisfies Readonly<Record<string, Fault>>

export type PlayIntegrityFault = keyof typeof table

export const verdictFaults: Readonly<Record<PlayIntegrityFault, Fault>> = table

export const playIntegrityFaults = Object.keys(table) as readonly PlayIntegrityFault[]
