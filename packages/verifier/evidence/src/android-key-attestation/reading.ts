import { CodecError } from '@assay/codec'
import { AndroidKeyError, type AndroidKeyErrorCode } from './errors.ts'

/**
 * What `read` returns. A refusal of the readers becomes one of this format with the given code; any other error is a
 * malfunction and passes.
 */
export function reading<T>(code: AndroidKeyErrorCode, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof CodecError) throw new AndroidKeyError(code, { cause })
    throw cause
  }
}
