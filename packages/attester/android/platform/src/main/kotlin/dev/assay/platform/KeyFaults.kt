package dev.assay.platform

import android.annotation.SuppressLint
import android.os.Build
import android.security.KeyStoreException

/** What Android says about a fault and of each of its causes, the outermost first. */
internal fun describeKeyFault(fault: Throwable): List<String> =
    generateSequence(fault) { it.cause }.take(8).flatMap { listOfNotNull(it.javaClass.simpleName, numberOf(it), it.message) }.toList()

/** Where the system tells it: from Android 13 on. Before, the number is in the message. */
@SuppressLint("NewApi")
private fun numberOf(fault: Throwable): String? {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU || fault !is KeyStoreException) return null
    return "keystore_${fault.numericErrorCode}"
}
