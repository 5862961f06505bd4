package dev.assay.core.client

import java.util.Locale

/**
 * What to tell the user, to start from: German where `language` is `de`, English otherwise. Any text of the app may take its place.
 *
 * @param language two letters, as [Locale.getLanguage] has it
 * @param trace of the error, which support asks for; without one, the text of [RemedyKind.CONTACT_SUPPORT] ends before it
 */
@JvmOverloads
public fun RemedyKind.message(language: String = Locale.getDefault().language, trace: String? = null): String {
    val text = if (language == "de") german else english
    return if (trace == null) text.substringBefore(TRACE).trimEnd(' ', ':') else text.replace(TRACE, trace)
}

private const val TRACE = "{trace}"

private val RemedyKind.english: String
    get() = when (this) {
        RemedyKind.UPDATE_APP ->
            "This version of the app is no longer accepted. Please install the newest one."
        RemedyKind.UPDATE_OS ->
            "The system of this device is out of date. Please install all system updates, then try again."
        RemedyKind.UPDATE_PLAY ->
            "Google Play is out of date. Please update Google Play Store and Google Play services, then try again."
        RemedyKind.PLAY_DIALOG ->
            "Google Play can help. Please follow the steps that it shows, then try again."
        RemedyKind.LOCK_BOOT_LOADER ->
            "The boot loader of this device is unlocked, so it could not be verified. Please install a system that is made for a locked boot loader, and lock it. This erases the device."
        RemedyKind.INSTALL_FROM_STORE ->
            "This copy of the app could not be verified. Please remove it, and install the app from the store."
        RemedyKind.RELOAD_PAGE ->
            "There is a new version of this page. Please load it again."
        RemedyKind.CONTACT_SUPPORT ->
            "This device could not be verified. Please contact support, and give them this number: {trace}"
        RemedyKind.TRY_LATER ->
            "This does not work at the moment. Please try again later."
    }

private val RemedyKind.german: String
    get() = when (this) {
        RemedyKind.UPDATE_APP ->
            "Diese Version der App wird nicht mehr unterstützt. Bitte installieren Sie die neueste."
        RemedyKind.UPDATE_OS ->
            "Das System dieses Geräts ist veraltet. Bitte installieren Sie alle Systemupdates, und versuchen Sie es dann noch einmal."
        RemedyKind.UPDATE_PLAY ->
            "Google Play ist veraltet. Bitte aktualisieren Sie den Google Play Store und die Google Play-Dienste, und versuchen Sie es dann noch einmal."
        RemedyKind.PLAY_DIALOG ->
            "Google Play kann helfen. Bitte folgen Sie den Schritten, die es anzeigt, und versuchen Sie es dann noch einmal."
        RemedyKind.LOCK_BOOT_LOADER ->
            "Der Bootloader dieses Geräts ist entsperrt, deshalb konnte es nicht überprüft werden. Bitte installieren Sie ein System, das für einen gesperrten Bootloader gemacht ist, und sperren Sie ihn. Dabei wird das Gerät gelöscht."
        RemedyKind.INSTALL_FROM_STORE ->
            "Diese Kopie der App konnte nicht überprüft werden. Bitte entfernen Sie sie, und installieren Sie die App aus dem Store."
        RemedyKind.RELOAD_PAGE ->
            "Es gibt eine neue Version dieser Seite. Bitte laden Sie sie neu."
        RemedyKind.CONTACT_SUPPORT ->
            "Dieses Gerät konnte nicht überprüft werden. Bitte wenden Sie sich an den Support, und nennen Sie diese Nummer: {trace}"
        RemedyKind.TRY_LATER ->
            "Das geht im Moment nicht. Bitte versuchen Sie es später noch einmal."
    }
