import type { AuthenticatorData } from '../authenticator-data.ts'
import type { AppleApp } from '../context.ts'
import { AppAttestError } from '../errors.ts'
import { sha256 } from '../sha256.ts'

/** The evidence was made by one of the expected apps. Returns its App ID. */
export function checkAppId(
  { appIdHash }: Pick<AuthenticatorData, 'appIdHash'>,
  apps: readonly AppleApp[],
): string {
  const app = apps.find(({ appId }) => sha256(appId).equals(appIdHash))
  if (app === undefined) throw new AppAttestError('APP_ATTEST_APP_ID')
  return app.appId
}
