import type { ExpectedApp } from '../port/verify-context.ts'
import { AndroidKeyError } from './errors.ts'
import type { ApplicationId } from './statement/application-id.ts'
import type { KeyDescription } from './key-description.ts'

type AndroidApp = Extract<ExpectedApp, { platform: 'android' }>

/**
 * Every package that has the key must be one of the expected apps, and every signer must be one of each of them:
 * packages share a user id, and with it the key, only if they have the same signers.
 */
export function checkAppIdentity(
  { applicationId }: Pick<KeyDescription, 'applicationId'>,
  apps: readonly ExpectedApp[],
): ApplicationId {
  if (applicationId === undefined) throw new AndroidKeyError('ANDROID_KEY_APPLICATION_ID')
  const named = applicationId.packages.map(({ name }) => appsOf(name, apps))
  if (named.length === 0 || named.some((candidates) => candidates.length === 0))
    throw new AndroidKeyError('ANDROID_KEY_PACKAGE')
  const digests = applicationId.signatureDigests
  const isExpected = (digest: string) =>
    named.every((candidates) => candidates.some(({ signers }) => signers.includes(digest)))
  if (digests.length === 0 || !digests.every(isExpected)) throw new AndroidKeyError('ANDROID_KEY_SIGNER')
  return applicationId
}

function appsOf(name: string, apps: readonly ExpectedApp[]): readonly AndroidApp[] {
  return apps.filter((app): app is AndroidApp => app.platform === 'android' && app.package === name)
}
