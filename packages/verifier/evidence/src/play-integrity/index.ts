import type { EvidenceFormat } from '../port/evidence-format.ts'
import type { PlayIntegrityClaims } from './claims.ts'
import { commitment, descriptor } from './descriptor.ts'
import type { PlayIntegrityContext } from './context.ts'
import { parse, type ParsedToken } from './parse.ts'
import { verify } from './verify.ts'

/** Play Integrity tokens: decrypted with the app's own keys, which Google does not notice, or decoded by Google. */
export interface PlayIntegrityFormat extends EvidenceFormat<
  ParsedToken,
  PlayIntegrityContext,
  PlayIntegrityClaims
> {
  commitment(binding: string): Uint8Array
}

export const playIntegrity: PlayIntegrityFormat = { descriptor, commitment, parse, verify }

export type { DeviceRecall, PlayIntegrityClaims } from './claims.ts'
export { playIntegrityContext } from './context.ts'
export type {
  AndroidApp,
  PlayIntegrityContext,
  PlayIntegrityContextInput,
  StandingExpectation,
  TokenReading,
} from './context.ts'
export { decodingApi, UndecodableTokenError } from './decoding.ts'
export type { DecodeToken } from './decoding.ts'
export { PlayIntegrityError, playIntegrityErrorCodes } from './errors.ts'
export type { PlayIntegrityErrorCode } from './errors.ts'
export { playIntegrityKeys } from './keys.ts'
export type { PlayIntegrityKeys } from './keys.ts'
export type { EncryptedToken, ParsedToken } from './parse.ts'
export { recall, remember } from './remember.ts'
export { playIntegrityDescription, playIntegrityScheme } from './scheme.ts'
export type { DecodeFor, PlayIntegrityWorld } from './scheme.ts'
export type { PlayIntegritySettings } from './settings.ts'
export { playIntegrityClaims } from './claims.ts'
