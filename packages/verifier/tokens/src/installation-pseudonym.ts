import { createHmac } from 'node:crypto'
import { concat, label, lengthPrefixed, invalidArgument } from '@assay/protocol'

const domain = label('assay/installation/1')

/**
 * Name of an installation at one API: stable for one installation key, and different at each API. Two APIs that compare
 * tokens still see one device by `cnf.jwk`, unless the client has a key for each. HMAC-SHA-256 over app, audience and thumbprint, each with its length, as 43 base64url
 * characters.
 *
 * @param secret at least 32 bytes
 * @param thumbprint JWK thumbprint of the installation key
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for a shorter secret, which could be guessed
 */
export function installationPseudonym(
  secret: Uint8Array,
  app: string,
  audience: string,
  thumbprint: string,
): string {
  if (secret.length < 32) throw invalidArgument('the secret of pseudonyms has at least 32 bytes')
  const input = concat(domain, lengthPrefixed(app), lengthPrefixed(audience), lengthPrefixed(thumbprint))
  return createHmac('sha256', secret).update(input).digest('base64url')
}
