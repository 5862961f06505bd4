import { appDefaults, type App } from '@assay/protocol/schemas'
import { fromJson, toJson, type Json } from '../database/columns.ts'
import type { AppSettings } from '../database/tables.ts'

/** With the default of every member that is newer than the row. */
export function readSettings(column: Json<AppSettings>): AppSettings {
  return { ...appDefaults, ...fromJson(column) }
}

export function writeSettings(app: AppSettings & Partial<App>): Json<AppSettings> {
  const { id: _id, platform: _platform, created_at: _at, signers: _signers, ...members } = app
  const { store_signers: _store, upload_signers: _upload, ...settings } = members
  return toJson(settings)
}
