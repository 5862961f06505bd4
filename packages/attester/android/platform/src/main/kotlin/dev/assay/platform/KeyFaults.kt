package dev.assay.platform

import android.annotation.SuppressLint
import android.os.Build
import android.security.KeyStoreException
import android.security.keystore.KeyPermanentlyInvalidatedException
import java.security.UnrecoverableKeyException

/** What Android says about a fault and each of its causes, the outermost first. */
internal fun describeKeyFault(fault: Throwable): List<String> =
    causesOf(fault).flatMap { listOfNotNull(it.javaClass.simpleName, numberOf(it), it.message) }

private fun causesOf(fault: Throwable): List<Throwable> = generateSequence(fault) { it.cause }.take(8).toList()

/**
 * Whether a fault is temporary, as far as Android says. From Android 13 on it says so for most faults; it does not
 * count its own faults as temporary, although a restarted key store causes such a fault.
 */
@SuppressLint("NewApi")
internal fun passesByItself(fault: Throwable): Boolean? {
    val causes = causesOf(fault)
    // Android gives this without a cause for an invalidated key, and for a missing one.
    if (causes.any { it is KeyPermanentlyInvalidatedException || it is UnrecoverableKeyException && it.cause == null }) return false
    // Android 12: too many operations at once.
    if (causes.any { it.javaClass.simpleName == "BackendBusyException" }) return true
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return null
    val told = causes.firstNotNullOfOrNull { it as? KeyStoreException } ?: return null
    if (told.isTransientFailure || told.requiresUserAuthentication()) return true
    return if (told.isSystemError) null else false
}

/** If the system reports it, which it does from Android 13 on; before, the number is in the message. */
@SuppressLint("NewApi")
private fun numberOf(fault: Throwable): String? {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU || fault !is KeyStoreException) return null
    return "keystore_${fault.numericErrorCode}"
}
