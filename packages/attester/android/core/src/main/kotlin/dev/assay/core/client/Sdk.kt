package dev.assay.core.client

/** Name and version of this SDK, as it appears in requests. */
public const val SDK: String = "assay-android/0.1.0"
