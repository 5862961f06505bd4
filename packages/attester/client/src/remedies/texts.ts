import type { RemedyKind } from '@assay/protocol'

/** A text for each remedy. `{trace}` stands for the trace. */
export type RemedyTexts = Readonly<Record<RemedyKind, string>>

/**
 * Texts to start from, by language. The SDKs for Android and iOS have the same: `packages/shared/vectors/texts/remedies.json` is
 * written from these.
 */
export const remedyTexts: Readonly<Record<'de' | 'en', RemedyTexts>> = {
  en: {
    update_app: 'This version of the app is no longer supported. Please install the latest version.',
    update_os:
      'The operating system of this device is out of date. Please install all available updates, then try again.',
    update_play:
      'Google Play is out of date. Please update Google Play Store and Google Play services, then try again.',
    play_dialog: 'Google Play can help with this. Please follow the steps it shows, then try again.',
    lock_boot_loader:
      'This device could not be verified because its bootloader is unlocked. Please install an operating system that supports a locked bootloader, then lock the bootloader. Locking it erases all data on the device.',
    install_from_store:
      'This copy of the app could not be verified. Please uninstall it, then install the app from the store.',
    reload_page: 'There is a new version of this page. Please reload it.',
    contact_support:
      'This device could not be verified. Please contact support. Have this code ready: {trace}',
    try_later: 'This is not working at the moment. Please try again later.',
  },
  de: {
    update_app:
      'Diese Version der App wird nicht mehr unterstützt. Bitte installieren Sie die neueste Version.',
    update_os:
      'Das Betriebssystem dieses Geräts ist veraltet. Bitte installieren Sie alle verfügbaren Updates und versuchen Sie es dann noch einmal.',
    update_play:
      'Google Play ist veraltet. Bitte aktualisieren Sie den Google Play Store und die Google Play-Dienste und versuchen Sie es dann noch einmal.',
    play_dialog:
      'Google Play kann hier helfen. Bitte folgen Sie den angezeigten Schritten und versuchen Sie es dann noch einmal.',
    lock_boot_loader:
      'Dieses Gerät konnte nicht überprüft werden, weil sein Bootloader entsperrt ist. Bitte installieren Sie ein Betriebssystem, das einen gesperrten Bootloader unterstützt, und sperren Sie danach den Bootloader. Dabei werden alle Daten auf dem Gerät gelöscht.',
    install_from_store:
      'Diese Kopie der App konnte nicht überprüft werden. Bitte deinstallieren Sie sie und installieren Sie die App dann aus dem Store.',
    reload_page: 'Es gibt eine neue Version dieser Seite. Bitte laden Sie sie neu.',
    contact_support:
      'Dieses Gerät konnte nicht überprüft werden. Bitte wenden Sie sich an den Support. Halten Sie diesen Code bereit: {trace}',
    try_later: 'Das funktioniert im Moment nicht. Bitte versuchen Sie es später noch einmal.',
  },
}
