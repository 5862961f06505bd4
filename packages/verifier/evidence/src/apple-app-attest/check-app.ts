import type { AttestedAuthenticatorData, AuthenticatorData } from './authenticator-data.ts'
import type { AppAttestEnvironment } from './claims.ts'
import type { AppleApp } from './context.ts'
import { AppAttestError } from './errors.ts'
import { sha256 } from './descriptor.ts'

/** One of the expected apps must have made the evidence. Returns its App ID. */
export function checkAppId(
  { appIdHash }: Pick<AuthenticatorData, 'appIdHash'>,
  apps: readonly AppleApp[],
): string {
  const app = apps.find(({ appId }) => sha256(appId).equals(appIdHash))
  if (app === undefined) throw new AppAttestError('APP_ATTEST_APP_ID')
  return app.appId
}

const production = Buffer.from('appattest\0\0\0\0\0\0\0')
const development = Buffer.from('appattestdevelop')

/** The authenticator must be App Attest, in an allowed environment. All 16 bytes count. */
export function checkEnvironment(
  { aaguid }: AttestedAuthenticatorData,
  allowed: readonly AppAttestEnvironment[],
): AppAttestEnvironment {
  const environment = environmentOf(aaguid)
  checkAllowed(environment, allowed)
  return environment
}

export function checkAllowed(
  environment: AppAttestEnvironment,
  allowed: readonly AppAttestEnvironment[],
): void {
  if (!allowed.includes(environment)) throw new AppAttestError('APP_ATTEST_ENVIRONMENT')
}

function environmentOf(aaguid: Uint8Array): AppAttestEnvironment {
  if (production.equals(aaguid)) return 'production'
  if (development.equals(aaguid)) return 'development'
  throw new AppAttestError('APP_ATTEST_AAGUID')
}
