import { AppImageError } from '../errors/app-image-error.ts'

export function malformedExecutable(message: string): AppImageError {
  return new AppImageError('MACHO_MALFORMED', message)
}

export function malformedSignature(message: string, cause?: unknown): AppImageError {
  return new AppImageError('MACHO_SIGNATURE_MALFORMED', message, { cause })
}
