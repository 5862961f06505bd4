import { encodeBase64url } from '@assay/protocol'
import { installationPseudonym, issueToken } from '@assay/tokens'
import type { IssueToken } from './ports.ts'
import type { Clock, Random } from '../system/ports.ts'
import type { KeyUseCases } from '../operations/signing-keys.usecases.ts'

interface TokenIssuerDependencies {
  /** At least 32 bytes. */
  pseudonymSecret: Uint8Array
  keys: Pick<KeyUseCases, 'signing'>
  publicUrl: () => string
  clock: Clock
  random: Random
}

/** Issues the token that appraisal has decided on. */
export function createTokenIssuer(dependencies: TokenIssuerDependencies): IssueToken {
  const { pseudonymSecret, keys, publicUrl, clock, random } = dependencies
  return ({ app, build, api, tier, holderKey, key, thumbprint }) => {
    const now = Math.floor(clock() / 1000)
    const token = issueToken({
      key: keys.signing(),
      issuer: publicUrl(),
      app: app.id,
      audience: api.audience,
      holder: key,
      installation: installationPseudonym(pseudonymSecret, app.id, api.audience, thumbprint),
      build: build.id,
      platform: app.platform,
      tier,
      holderKey,
      mode: api.mode,
      now,
      lifetime: api.token_lifetime,
      jti: encodeBase64url(random(16)),
    })
    return { audience: api.audience, token, expiresAt: now + api.token_lifetime }
  }
}
