const day = 86_400

/** A challenge is good for 120 s: what is older than this is not of this exchange. Seconds. */
export const exchange = 300

/** Where presets draw lines. Ages in seconds. */
export interface Thresholds {
  readonly oldestAppAttest: number
  readonly oldestAndroid: number
  /** Whether Google's word alone counts as hardware evidence. */
  readonly playAlone: boolean
  /** Attestation certificates within 30 days; genuine phones state 8 or 32. */
  readonly certificates: number
  /** Other new installation keys of a device and day. */
  readonly enrolments: number
  readonly patchMonths: number
  readonly activityLevels: readonly string[]
  readonly playProtect: readonly string[]
  /** Validation categories of App Attest that are findings, besides development. */
  readonly signatureCategories: readonly number[]
}

export const balancedThresholds: Thresholds = {
  oldestAppAttest: 30 * day,
  oldestAndroid: 30 * day,
  playAlone: true,
  certificates: 1_000,
  enrolments: 5,
  patchMonths: 12,
  activityLevels: ['LEVEL_4'],
  playProtect: ['MEDIUM_RISK', 'HIGH_RISK'],
  // Invalid, local signing, just in time, none.
  signatureCategories: [0, 7, 9, 10],
}

export const strictThresholds: Thresholds = {
  oldestAppAttest: exchange,
  oldestAndroid: day,
  playAlone: false,
  certificates: 200,
  enrolments: 3,
  patchMonths: 12,
  activityLevels: ['LEVEL_3', 'LEVEL_4'],
  playProtect: ['POSSIBLE_RISK', 'MEDIUM_RISK', 'HIGH_RISK'],
  // TestFlight besides.
  signatureCategories: [0, 2, 7, 9, 10],
}
