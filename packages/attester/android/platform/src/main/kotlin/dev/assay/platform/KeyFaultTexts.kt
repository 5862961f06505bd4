package dev.assay.platform

/**
 * Busy, or locked: the user, the daemon, the hardware. From 22 to 26: out of attestation keys of Google's servers, and why; 27: the daemon
 * could not ask who the app is.
 */
internal val passing: Set<Int> = setOf(2, 18, 19, 22, 23, 24, 25, 26, 27, -26, -31, -41, -46, -47, -48, -49, -72, -85)

/** The key is gone or unusable, or the hardware cannot do this. */
internal val lasting: Set<Int> = setOf(7, 8, 17, -2, -4, -6, -12, -33, -61, -66, -68, -74, -75, -100)

/** What Android 7 to 12 say in place of the numbers of the key store's daemon and of KeyMint, as `KeymasterDefs` has it. */
internal val keyFaultTexts: Map<String, Int> = mapOf(
    "User authentication required" to 2,
    "Keystore not initialized" to 3,
    "System error" to 4,
    "Permission denied" to 6,
    "Key not found" to 7,
    "Key blob corrupted" to 8,
    "Key permanently invalidated" to 17,
    "Unsupported purpose" to -2,
    "Incompatible purpose" to -3,
    "Unsupported algorithm" to -4,
    "Incompatible algorithm" to -5,
    "Unsupported key size" to -6,
    "Unsupported block mode" to -7,
    "Incompatible block mode" to -8,
    "Unsupported MAC or authentication tag length" to -9,
    "Unsupported padding mode" to -10,
    "Incompatible padding mode" to -11,
    "Unsupported digest" to -12,
    "Incompatible digest" to -13,
    "Invalid expiration time" to -14,
    "Invalid user ID" to -15,
    "Invalid user authentication validity duration" to -16,
    "Invalid user authorization timeout" to -16,
    "Unsupported key format" to -17,
    "Incompatible key format" to -18,
    "Invalid input length" to -21,
    "Key not yet valid" to -24,
    "Key expired" to -25,
    "Key user not authenticated" to -26,
    "Invalid operation handle" to -28,
    "Signature/MAC verification failed" to -30,
    "Too many operations" to -31,
    "Invalid key blob" to -33,
    "Invalid argument" to -38,
    "Unsupported tag" to -39,
    "Invalid tag" to -40,
    "Memory allocation failed" to -41,
    "Unsupported EC field" to -50,
    "Required IV missing" to -51,
    "Invalid IV" to -52,
    "Caller-provided IV not permitted" to -55,
    "Invalid MAC or authentication tag length" to -57,
    "Unable to attest device ids" to -66,
    "Requested security level (likely Strongbox) is not available." to -68,
    "Device locked" to -72,
    "Not implemented" to -100,
    "Unknown error" to -1000,
)
