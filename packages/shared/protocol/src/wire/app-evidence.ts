/**
 * The kinds of platform evidence that an app may send, and what each is checked against: the settings of a scheme by
 * its name, such as `{"example": {}}`. Anything else is refused. The schemes that the service was started with
 * determine which names and settings there are.
 */
export type AppEvidence = Readonly<Record<string, unknown>>

/**
 * How the installation key is kept: in software, in software with hardware that vouches for it, or in hardware itself.
 */
export const holderKeys = ['software', 'vouched', 'hardware'] as const
export type HolderKey = (typeof holderKeys)[number]

/** Names of policies: an operator's own, and the built-in ones. */
export const policyIdPattern = /^[a-z0-9][a-z0-9-]{0,63}$/

/**
 * What an operator must know about settings that are allowed: `development`: evidence of builds that no store released
 * is taken; `vendor_account`: verifying needs an account of the service at the vendor; `sealed_secret`: verifying needs
 * the secret of the app, which nobody can read back; `certified_system`: the vendor vouches for no system but those that it
 * certified.
 */
export const settingsRemarks = ['development', 'vendor_account', 'sealed_secret', 'certified_system'] as const
export type SettingsRemark = (typeof settingsRemarks)[number]
