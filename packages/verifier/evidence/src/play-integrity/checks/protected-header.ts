import type { JsonObject } from '@assay/protocol'
import { PlayIntegrityError, type PlayIntegrityErrorCode } from '../errors.ts'

/** Nothing is compressed, and no extension is demanded: there is none that this format has. Other members do not count. */
export function checkProtectedHeader(header: JsonObject, code: PlayIntegrityErrorCode): void {
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'zip')) throw new PlayIntegrityError(code)
}
