package dev.assay.core.client

import java.util.Locale

/**
 * What to tell the user, to start from: German where `language` is `de`, English otherwise. Any text of the app may take its place.
 *
 * @param language two letters, as [Locale.getLanguage] has it
 * @param trace of the error, which support asks for; without one, the text of [RemedyKind.CONTACT_SUPPORT] does not mention it
 */
@JvmOverloads
public fun RemedyKind.message(language: String = Locale.getDefault().language, trace: String? = null): String {
    val text = if (language == "de") german else english
    return if (trace == null) text.replace(sentenceWithTrace, "") else text.replace(TRACE, trace)
}

private const val TRACE = "{trace}"
private val sentenceWithTrace = Regex(""" [^.]*\{trace\}$""")

private val RemedyKind.english: String
    get() = when (this) {
        RemedyKind.UPDATE_APP ->
            "This version of the app is no longer supported. Please install the latest version."
        RemedyKind.UPDATE_OS ->
            "The operating system of this device is out of date. Please install all available updates, then try again."
        RemedyKind.UPDATE_PLAY ->
            "Google Play is out of date. Please update Google Play Store and Google Play services, then try again."
        RemedyKind.PLAY_DIALOG ->
            "Google Play can help with this. Please follow the steps it shows, then try again."
        RemedyKind.LOCK_BOOT_LOADER ->
            "This device could not be verified because its bootloader is unlocked. Please install an operating system that supports a locked bootloader, then lock the bootloader. Locking it erases all data on the device."
        RemedyKind.INSTALL_FROM_STORE ->
            "This copy of the app could not be verified. Please uninstall it, then install the app from the store."
        RemedyKind.RELOAD_PAGE ->
            "There is a new version of this page. Please reload it."
        RemedyKind.CONTACT_SUPPORT ->
            "This device could not be verified. Please contact support. Have this code ready: {trace}"
        RemedyKind.TRY_LATER ->
            "This is not working at the moment. Please try again later."
    }

private val RemedyKind.german: String
    get() = when (this) {
        RemedyKind.UPDATE_APP ->
            "Diese Version der App wird nicht mehr unterstützt. Bitte installieren Sie die neueste Version."
        RemedyKind.UPDATE_OS ->
            "Das Betriebssystem dieses Geräts ist veraltet. Bitte installieren Sie alle verfügbaren Updates und versuchen Sie es dann noch einmal."
        RemedyKind.UPDATE_PLAY ->
            "Google Play ist veraltet. Bitte aktualisieren Sie den Google Play Store und die Google Play-Dienste und versuchen Sie es dann noch einmal."
        RemedyKind.PLAY_DIALOG ->
            "Google Play kann hier helfen. Bitte folgen Sie den angezeigten Schritten und versuchen Sie es dann noch einmal."
        RemedyKind.LOCK_BOOT_LOADER ->
            "Dieses Gerät konnte nicht überprüft werden, weil sein Bootloader entsperrt ist. Bitte installieren Sie ein Betriebssystem, das einen gesperrten Bootloader unterstützt, und sperren Sie danach den Bootloader. Dabei werden alle Daten auf dem Gerät gelöscht."
        RemedyKind.INSTALL_FROM_STORE ->
            "Diese Kopie der App konnte nicht überprüft werden. Bitte deinstallieren Sie sie und installieren Sie die App dann aus dem Store."
        RemedyKind.RELOAD_PAGE ->
            "Es gibt eine neue Version dieser Seite. Bitte laden Sie sie neu."
        RemedyKind.CONTACT_SUPPORT ->
            "Dieses Gerät konnte nicht überprüft werden. Bitte wenden Sie sich an den Support. Halten Sie diesen Code bereit: {trace}"
        RemedyKind.TRY_LATER ->
            "Das funktioniert im Moment nicht. Bitte versuchen Sie es später noch einmal."
    }
