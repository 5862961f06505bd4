import { readFileSync } from 'node:fs'

const unit = readFileSync(
  new URL('../../../../../deploy/systemd/assay.service', import.meta.url).pathname,
  'utf8',
)

/** The memory settings with which unit and image start the service (ADR 56). */
export const asShipped: Readonly<Record<string, string>> = {
  NODE_OPTIONS: settingOf('NODE_OPTIONS'),
  MALLOC_ARENA_MAX: settingOf('MALLOC_ARENA_MAX'),
}

/** @throws Error if the unit does not have it: the rows would measure another service */
function settingOf(name: string): string {
  const setting = new RegExp(`^Environment=.*\\b${name}=(\\S+)`, 'm').exec(unit)?.[1]
  if (setting === undefined) throw new Error(`deploy/systemd/assay.service does not set ${name}`)
  return setting
}
