import type { AndroidApp } from '../context.ts'
import { PlayIntegrityError } from '../errors.ts'
import type { Payload } from '../payload.ts'

/** The verdict was requested for an expected app. Returns it. */
export function checkRequestPackage(
  { requestPackageName }: Payload,
  apps: readonly AndroidApp[],
): AndroidApp {
  const app = apps.find((each) => each.package === requestPackageName)
  if (app === undefined) throw new PlayIntegrityError('PLAY_INTEGRITY_REQUEST_PACKAGE')
  return app
}
