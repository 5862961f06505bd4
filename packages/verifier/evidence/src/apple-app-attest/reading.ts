import { CodecError } from '@assay/codec'
import { AppAttestError, type AppAttestErrorCode } from './errors.ts'

/** What `read` returns; an encoding that it refuses as malformed becomes bad evidence with `code`. */
export function reading<T>(code: AppAttestErrorCode, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof CodecError) throw new AppAttestError(code, { cause })
    throw cause
  }
}
