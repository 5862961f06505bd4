import type { Remedy } from '@assay/client'

/** A table, so that the compiler finds the kind that is missing. */
const kinds: Readonly<Record<Remedy['kind'], true>> = {
  update_app: true,
  update_os: true,
  update_play: true,
  play_dialog: true,
  lock_boot_loader: true,
  install_from_store: true,
  reload_page: true,
  contact_support: true,
  try_later: true,
}

/** What the native part reports; `undefined` for a remedy of another kind or form. */
export function remedyOf(reported: unknown): Remedy | undefined {
  const { kind, typeCode } = Object(reported) as { kind?: unknown; typeCode?: unknown }
  if (typeof kind !== 'string' || !Object.prototype.hasOwnProperty.call(kinds, kind)) return undefined
  if (kind !== 'play_dialog') return typeCode === undefined ? ({ kind } as Remedy) : undefined
  return typeCode === 1 || typeCode === 2 || typeCode === 3 ? { kind, typeCode } : undefined
}
