import { CodecError } from '@assay/codec'

/** Runs a reader of `codec`; `otherwise` handles what it refuses, and any other error passes through. */
export function decode<T>(read: () => T, otherwise: (cause: CodecError) => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof CodecError) return otherwise(cause)
    throw cause
  }
}
