package dev.assay.platform

import android.os.Build

/**
 * What the self-test says about the device: its model and software, but nothing that distinguishes it from others of
 * its kind.
 */
internal fun deviceProperties(): Map<String, Any?> = mapOf(
    "api" to Build.VERSION.SDK_INT,
    "release" to Build.VERSION.RELEASE,
    "patch" to Build.VERSION.SECURITY_PATCH,
    "manufacturer" to Build.MANUFACTURER,
    "model" to Build.MODEL,
    "abis" to Build.SUPPORTED_ABIS.toList(),
)
