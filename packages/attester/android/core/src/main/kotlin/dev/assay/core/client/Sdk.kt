package dev.assay.core.client

/** Name and version of this SDK, as it is in requests. */
public const val SDK: String = "assay-android/0.1.0"

/**
 * By this text registration finds the SDK in an app's dex. [dev.assay.core.client.AssayClient] holds it, so that no
 * shrinker leaves it out; a test checks it against the version.
 */
internal const val SDK_MARKER: String = "assay:sdk:$SDK;"
