import { UnavailableError } from '../../port/unavailable-error.ts'
import type { AndroidApp } from '../context.ts'
import { UndecodableTokenError, type DecodeToken } from '../decoding.ts'
import { PlayIntegrityError } from '../errors.ts'
import { parsePayload, type Payload } from '../payload.ts'

/** Google knows the token as one of the app's package. Returns what it says; an answer out of form is a malfunction. */
export async function checkDecoding(
  token: string,
  { package: name }: AndroidApp,
  decode: DecodeToken,
): Promise<Payload> {
  const payload = await decoded(token, name, decode)
  try {
    return parsePayload(payload)
  } catch (cause) {
    throw new UnavailableError('what Google has decoded is no verdict', { cause })
  }
}

async function decoded(token: string, packageName: string, decode: DecodeToken): Promise<unknown> {
  try {
    return await decode(packageName, token)
  } catch (cause) {
    if (cause instanceof UndecodableTokenError)
      throw new PlayIntegrityError('PLAY_INTEGRITY_UNDECODABLE', { cause })
    throw cause
  }
}
