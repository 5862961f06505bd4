package dev.assay.platform

import android.annotation.SuppressLint
import android.os.Build
import android.security.KeyStoreException
import android.security.keystore.KeyPermanentlyInvalidatedException
import java.security.UnrecoverableKeyException

/** What Android says about a fault and of each of its causes, the outermost first. */
internal fun describeKeyFault(fault: Throwable): List<String> =
    causesOf(fault).flatMap { listOfNotNull(it.javaClass.simpleName, numberOf(it), it.message) }

private fun causesOf(fault: Throwable): List<Throwable> = generateSequence(fault) { it.cause }.take(8).toList()

/**
 * Whether a fault passes, as far as Android says so. From Android 13 on it says it of most; a fault of its own it does not
 * count among those that pass, although a key store that was restarted is one.
 */
@SuppressLint("NewApi")
internal fun passesByItself(fault: Throwable): Boolean? {
    val causes = causesOf(fault)
    // For a key that was invalidated, and for one that is not there, Android gives this without a cause.
    if (causes.any { it is KeyPermanentlyInvalidatedException || it is UnrecoverableKeyException && it.cause == null }) return false
    // Of Android 12: too many operations at once.
    if (causes.any { it.javaClass.simpleName == "BackendBusyException" }) return true
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return null
    val told = causes.firstNotNullOfOrNull { it as? KeyStoreException } ?: return null
    if (told.isTransientFailure || told.requiresUserAuthentication()) return true
    return if (told.isSystemError) null else false
}

/** Where the system tells it: from Android 13 on. Before, the number is in the message. */
@SuppressLint("NewApi")
private fun numberOf(fault: Throwable): String? {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU || fault !is KeyStoreException) return null
    return "keystore_${fault.numericErrorCode}"
}
