import { assertingIphone, iphone, pixel, pixelWithPlay, type Finding } from './devices.ts'

const development: Pick<Finding, 'tier' | 'reasons' | 'vector'> = {
  tier: 'contraindicated',
  reasons: ['DEVELOPMENT_ENVIRONMENT'],
  vector: { app: { configuration: 96 } },
}
const signature: Pick<Finding, 'tier' | 'reasons' | 'vector'> = {
  tier: 'contraindicated',
  reasons: ['APP_SIGNATURE_UNUSUAL'],
  vector: { app: { executables: 96 } },
}

const manyKeys: Pick<Finding, 'reasons' | 'vector'> = {
  reasons: ['DEVICE_ATTESTS_MANY_KEYS'],
  vector: { device: { 'instance-identity': 96 } },
}

export const ofApple: readonly Finding[] = [
  {
    title: "a key of App Attest's development environment",
    device: iphone({ environment: 'development' }),
    twin: iphone({ environment: 'production' }),
    ...development,
  },
  {
    title: 'an app signed for development, attested',
    device: iphone({ validationCategory: 3 }),
    twin: iphone({ validationCategory: 4 }),
    ...development,
  },
  {
    title: 'an app signed for development, asserted',
    device: assertingIphone({ validationCategory: 3 }),
    twin: assertingIphone({ validationCategory: 4 }),
    ...development,
  },
  ...[0, 7, 9, 10].flatMap((validationCategory): Finding[] => [
    {
      title: `an app of the validation category ${validationCategory}, attested`,
      device: iphone({ validationCategory }),
      twin: iphone({ validationCategory: 4 }),
      ...signature,
    },
    {
      title: `an app of the validation category ${validationCategory}, asserted`,
      device: assertingIphone({ validationCategory }),
      twin: assertingIphone({ validationCategory: 4 }),
      ...signature,
    },
  ]),
  {
    title: 'an iPhone with more keys than its user can have made',
    device: iphone({ riskMetric: 11 }),
    twin: iphone({ riskMetric: 5 }),
    tier: 'contraindicated',
    ...manyKeys,
  },
  ...[6, 10].map((riskMetric): Finding => ({
    title: `an iPhone with ${riskMetric} keys`,
    device: iphone({ riskMetric }),
    twin: iphone({ riskMetric: undefined }),
    tier: 'affirming',
    ...manyKeys,
  })),
  {
    title: 'an app from TestFlight',
    device: iphone({ validationCategory: 2 }),
    twin: iphone({ validationCategory: undefined }),
    ...signature,
    tier: 'affirming',
  },
]

const unverified = { tier: 'contraindicated', vector: { device: { configuration: 96 } } } as const

export const ofAndroid: readonly Finding[] = [
  ...['attestationSecurityLevel', 'keyMintSecurityLevel'].map((level): Finding => ({
    title: `software as the ${level}`,
    device: pixel({ [level]: 'Software' }),
    twin: pixel({ [level]: 'StrongBox' }),
    tier: 'contraindicated',
    reasons: ['KEY_IN_SOFTWARE'],
    vector: { device: { hardware: 97 }, key: { 'storage-opaque': 96 } },
  })),
  {
    title: 'an unlocked boot loader',
    device: pixel({ deviceLocked: false }),
    twin: pixel({ deviceLocked: true }),
    reasons: ['BOOT_LOADER_UNLOCKED'],
    ...unverified,
  },
  {
    title: "a system verified by the owner's key",
    device: pixel({ verifiedBootState: 'SelfSigned' }),
    twin: pixel({ verifiedBootState: 'Verified' }),
    reasons: ['BOOT_SELF_SIGNED'],
    ...unverified,
  },
  ...['Unverified', 'Failed'].map((verifiedBootState): Finding => ({
    title: `the verified boot state ${verifiedBootState}`,
    device: pixel({ verifiedBootState }),
    twin: pixel({ verifiedBootState: 'Verified' }),
    reasons: ['BOOT_NOT_VERIFIED'],
    ...unverified,
  })),
  ...[202_508, 20_250_805, null, undefined, 0, 202_513, 99].map((osPatchLevel): Finding => ({
    title: `the patch level ${osPatchLevel} in September 2026`,
    device: pixel({ osPatchLevel }),
    twin: pixel({ osPatchLevel: 202_509 }),
    tier: 'warning',
    reasons: ['PATCH_LEVEL_OLD'],
    vector: { device: { configuration: 32 } },
  })),
  {
    title: 'a device that reported itself lost',
    device: pixel({ reportedLost: true }),
    twin: pixel({ reportedLost: false }),
    tier: 'contraindicated',
    reasons: ['DEVICE_REPORTED_LOST'],
    vector: { key: { 'instance-identity': 96 } },
  },
  {
    title: 'a device that got 1,001 certificates',
    device: pixel({ certificatesIssued: 1_001 }),
    twin: pixel({ certificatesIssued: 200 }),
    tier: 'warning',
    reasons: ['CERTIFICATES_MANY'],
    vector: { device: { hardware: 32 } },
  },
  {
    title: 'a device that got 201 certificates',
    device: pixel({ certificatesIssued: 201 }),
    twin: pixel({ certificatesIssued: null }),
    tier: 'affirming',
    reasons: ['CERTIFICATES_MANY'],
  },
]

export const ofPlay: readonly Finding[] = [
  ...['UNRECOGNIZED_VERSION', 'UNEVALUATED', 'A_WORD_OF_NEXT_YEAR'].map((appRecognitionVerdict): Finding => ({
    title: `the app recognition verdict ${appRecognitionVerdict}`,
    device: pixelWithPlay({ appRecognitionVerdict }),
    twin: pixelWithPlay({ appRecognitionVerdict: 'PLAY_RECOGNIZED' }),
    tier: 'contraindicated',
    reasons: ['APP_NOT_RECOGNISED'],
    vector: { app: { executables: 96 } },
  })),
  {
    title: 'an app that the user has not got from Play',
    device: pixelWithPlay({ appLicensingVerdict: 'UNLICENSED' }),
    twin: pixelWithPlay({ appLicensingVerdict: 'LICENSED' }),
    tier: 'contraindicated',
    reasons: ['APP_NOT_LICENSED'],
    vector: { app: { 'sourced-data': 96 } },
  },
  ...['UNEVALUATED', 'A_WORD_OF_NEXT_YEAR', undefined].map((appLicensingVerdict): Finding => ({
    title: `the licensing verdict ${appLicensingVerdict}`,
    device: pixelWithPlay({ appLicensingVerdict }),
    twin: pixelWithPlay({ appLicensingVerdict: 'LICENSED' }),
    tier: 'warning',
    reasons: ['LICENCE_NOT_EVALUATED'],
  })),
  {
    title: 'a device without integrity',
    device: pixelWithPlay({ deviceRecognitionVerdict: [] }),
    twin: pixelWithPlay({ deviceRecognitionVerdict: ['MEETS_STRONG_INTEGRITY'] }),
    tier: 'contraindicated',
    reasons: ['DEVICE_INTEGRITY_MISSING'],
    vector: { device: { configuration: 96 } },
  },
  {
    title: 'a device with basic integrity only',
    device: pixelWithPlay({ deviceRecognitionVerdict: ['MEETS_BASIC_INTEGRITY'] }),
    twin: pixelWithPlay({ deviceRecognitionVerdict: ['MEETS_DEVICE_INTEGRITY'] }),
    tier: 'warning',
    reasons: ['DEVICE_INTEGRITY_BASIC'],
    vector: { device: { configuration: 32 } },
  },
  {
    title: 'Play Games on a PC',
    device: pixelWithPlay({
      deviceRecognitionVerdict: ['MEETS_VIRTUAL_INTEGRITY', 'MEETS_DEVICE_INTEGRITY'],
    }),
    twin: pixelWithPlay({ deviceRecognitionVerdict: ['MEETS_DEVICE_INTEGRITY'] }),
    tier: 'contraindicated',
    reasons: ['EMULATOR'],
    vector: { device: { hardware: 97 } },
  },
  {
    title: 'very many tokens asked for on the device',
    device: pixelWithPlay({ deviceActivityLevel: 'LEVEL_4' }),
    twin: pixelWithPlay({ deviceActivityLevel: 'LEVEL_2' }),
    tier: 'warning',
    reasons: ['DEVICE_ACTIVITY_HIGH'],
  },
  {
    title: 'many tokens asked for on the device',
    device: pixelWithPlay({ deviceActivityLevel: 'LEVEL_3' }),
    twin: pixelWithPlay({ deviceActivityLevel: 'UNEVALUATED' }),
    tier: 'affirming',
    reasons: ['DEVICE_ACTIVITY_HIGH'],
  },
  ...['MEDIUM_RISK', 'HIGH_RISK'].map((playProtectVerdict): Finding => ({
    title: `the Play Protect verdict ${playProtectVerdict}`,
    device: pixelWithPlay({ playProtectVerdict }),
    twin: pixelWithPlay({ playProtectVerdict: 'NO_ISSUES' }),
    tier: 'warning',
    reasons: ['PLAY_PROTECT_RISK'],
    vector: { device: { 'file-system': 32 } },
  })),
  {
    title: 'Play Protect that is off',
    device: pixelWithPlay({ playProtectVerdict: 'POSSIBLE_RISK' }),
    twin: pixelWithPlay({ playProtectVerdict: 'UNEVALUATED' }),
    tier: 'affirming',
    reasons: ['PLAY_PROTECT_RISK'],
  },
  ...['UNKNOWN_CAPTURING', 'UNKNOWN_CONTROLLING'].map((app): Finding => ({
    title: `apps detected: ${app}`,
    device: pixelWithPlay({ appsDetected: ['KNOWN_INSTALLED', app] }),
    twin: pixelWithPlay({ appsDetected: ['KNOWN_INSTALLED', 'KNOWN_CAPTURING', 'UNKNOWN_INSTALLED'] }),
    tier: 'warning',
    reasons: ['SCREEN_ACCESS_RISK'],
    vector: { device: { 'runtime-opaque': 32 } },
  })),
]
