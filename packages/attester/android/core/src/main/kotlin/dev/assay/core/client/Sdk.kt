package dev.assay.core.client

/** Name and version of this SDK, as it appears in requests. */
public const val SDK: String = "assay-android/0.1.0"

/**
 * Registration finds the SDK in an app's dex by this text. [dev.assay.core.client.AssayClient] holds it, so that no
 * shrinker removes it; a test checks it against the version.
 */
internal const val SDK_MARKER: String = "assay:sdk:$SDK;"
