package dev.assay.platform

import android.annotation.SuppressLint
import android.os.Build
import android.security.KeyStoreException
import android.security.keystore.KeyPermanentlyInvalidatedException
import java.security.UnrecoverableKeyException

/** What Android says about a fault and each of its causes, the outermost first. */
internal fun describeKeyFault(fault: Throwable): List<String> =
    causesOf(fault).flatMap { listOfNotNull(it.javaClass.simpleName, it.message, numberOf(it)?.toString() ?: publicNumberOf(it)) }

private fun causesOf(fault: Throwable): List<Throwable> = generateSequence(fault) { it.cause }.take(8).toList()

/**
 * Whether a fault is temporary, as far as its number or Android says. From Android 13 on Android says so for most faults; it counts neither
 * its own faults as temporary, although a restarted key store causes such a fault, nor all that are.
 */
@SuppressLint("NewApi")
internal fun passesByItself(fault: Throwable): Boolean? {
    val causes = causesOf(fault)
    // Android gives this without a cause for an invalidated key, and for a missing one.
    if (causes.any { it is KeyPermanentlyInvalidatedException || it is UnrecoverableKeyException && it.cause == null }) return false
    // Android 12: too many operations at once.
    if (causes.any { it.javaClass.simpleName == "BackendBusyException" }) return true
    // Android 12 tells by this alone that it has no keys from remote provisioning.
    if (causes.any { it.message == "Failed to provision new attestation keys." }) return true
    val number = causes.firstNotNullOfOrNull(::numberOf)
    if (number in passing) return true
    if (number in lasting) return false
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return null
    val told = causes.firstNotNullOfOrNull { it as? KeyStoreException } ?: return null
    if (told.isTransientFailure || told.requiresUserAuthentication()) return true
    return if (told.isSystemError) null else false
}

/** For faults of the framework's own, which have no other number. */
@SuppressLint("NewApi")
private fun publicNumberOf(fault: Throwable): String? {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU || fault !is KeyStoreException) return null
    return "keystore_${fault.numericErrorCode}"
}

/**
 * Number of the key store's daemon (positive) or of KeyMint (negative): in the message from Android 13 on; before, the message is one of
 * the framework's texts, or the number itself.
 */
internal fun numberOf(fault: Throwable): Int? {
    if (fault.javaClass.simpleName != "KeyStoreException") return null
    val message = fault.message ?: return null
    val after = message.substringAfter("internal Keystore code: ", "").takeWhile { it == '-' || it in '0'..'9' }
    return after.toIntOrNull() ?: message.toIntOrNull() ?: keyFaultTexts[message]
}
