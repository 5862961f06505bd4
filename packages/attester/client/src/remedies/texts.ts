import type { RemedyKind } from '@assay/protocol'

/** A text for each remedy. `{trace}` stands for the trace. */
export type RemedyTexts = Readonly<Record<RemedyKind, string>>

/**
 * Texts to start from, by language. The SDKs for Android and iOS have the same: `packages/shared/vectors/texts/remedies.json` is
 * written from these.
 */
export const remedyTexts: Readonly<Record<'de' | 'en', RemedyTexts>> = {
  en: {
    update_app: 'This version of the app is no longer accepted. Please install the newest one.',
    update_os: 'The system of this device is out of date. Please install all system updates, then try again.',
    update_play:
      'Google Play is out of date. Please update Google Play Store and Google Play services, then try again.',
    play_dialog: 'Google Play can help. Please follow the steps that it shows, then try again.',
    lock_boot_loader:
      'The boot loader of this device is unlocked, so it could not be verified. Please install a system that is made for a locked boot loader, and lock it. This erases the device.',
    install_from_store:
      'This copy of the app could not be verified. Please remove it, and install the app from the store.',
    reload_page: 'There is a new version of this page. Please load it again.',
    contact_support:
      'This device could not be verified. Please contact support, and give them this number: {trace}',
    try_later: 'This does not work at the moment. Please try again later.',
  },
  de: {
    update_app: 'Diese Version der App wird nicht mehr unterstützt. Bitte installieren Sie die neueste.',
    update_os:
      'Das System dieses Geräts ist veraltet. Bitte installieren Sie alle Systemupdates, und versuchen Sie es dann noch einmal.',
    update_play:
      'Google Play ist veraltet. Bitte aktualisieren Sie den Google Play Store und die Google Play-Dienste, und versuchen Sie es dann noch einmal.',
    play_dialog:
      'Google Play kann helfen. Bitte folgen Sie den Schritten, die es anzeigt, und versuchen Sie es dann noch einmal.',
    lock_boot_loader:
      'Der Bootloader dieses Geräts ist entsperrt, deshalb konnte es nicht überprüft werden. Bitte installieren Sie ein System, das für einen gesperrten Bootloader gemacht ist, und sperren Sie ihn. Dabei wird das Gerät gelöscht.',
    install_from_store:
      'Diese Kopie der App konnte nicht überprüft werden. Bitte entfernen Sie sie, und installieren Sie die App aus dem Store.',
    reload_page: 'Es gibt eine neue Version dieser Seite. Bitte laden Sie sie neu.',
    contact_support:
      'Dieses Gerät konnte nicht überprüft werden. Bitte wenden Sie sich an den Support, und nennen Sie diese Nummer: {trace}',
    try_later: 'Das geht im Moment nicht. Bitte versuchen Sie es später noch einmal.',
  },
}
