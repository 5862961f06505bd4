import { readFileSync } from 'node:fs'

const unit = readFileSync(
  new URL('../../../../../deploy/systemd/assay.service', import.meta.url).pathname,
  'utf8',
)
const arenas = /^Environment=.*\bMALLOC_ARENA_MAX=(\d+)/m.exec(unit)?.[1]
if (arenas === undefined) throw new Error('deploy/systemd/assay.service does not set MALLOC_ARENA_MAX')

/** The memory setting with which unit and image start the service (ADR 56). */
export const asShipped = { MALLOC_ARENA_MAX: arenas }
