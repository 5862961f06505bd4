import { platforms, type Platform } from './tier.ts'

/** What the user of an app can do about a refusal: a closed list. */
export const remedyKinds = [
  'update_app',
  'update_os',
  'update_play',
  'play_dialog',
  'lock_boot_loader',
  'install_from_store',
  'reload_page',
  'contact_support',
  'try_later',
] as const
export type RemedyKind = (typeof remedyKinds)[number]

/**
 * Google's codes of the dialogs that Play can show: get the app from Play (`GET_LICENSED`), close apps that are an unknown risk
 * (`CLOSE_UNKNOWN_ACCESS_RISK`), close all that are a risk (`CLOSE_ALL_ACCESS_RISK`).
 */
export const playDialogCodes = [1, 2, 3] as const
export type PlayDialogCode = (typeof playDialogCodes)[number]

/** A remedy on the wire. */
export type Remedy =
  { kind: Exclude<RemedyKind, 'play_dialog'> } | { kind: 'play_dialog'; type_code: PlayDialogCode }

/** Of an API that was asked for and has no token. */
export interface DeniedRemedy {
  audience: string
  remedy: Remedy
}

/** Where the user of an app can carry a remedy out. */
export const remedyPlatforms: Readonly<Record<RemedyKind, readonly Platform[]>> = {
  update_app: ['android', 'ios'],
  update_os: ['android', 'ios'],
  update_play: ['android'],
  play_dialog: ['android'],
  lock_boot_loader: ['android'],
  install_from_store: ['android', 'ios'],
  reload_page: ['web'],
  contact_support: platforms,
  try_later: platforms,
}
