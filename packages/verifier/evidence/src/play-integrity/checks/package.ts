import type { AndroidApp } from '../context.ts'
import { PlayIntegrityError } from '../errors.ts'
import type { Payload } from '../payload.ts'

/** The app that is installed is the one that the verdict was requested for: the request alone could name any. */
export function checkPackage({ packageName }: Payload, app: AndroidApp): void {
  if (packageName !== app.package) throw new PlayIntegrityError('PLAY_INTEGRITY_PACKAGE')
}
