import type { SchemeApp } from './scheme.ts'
import type { ExpectedApp } from './verify-context.ts'

/**
 * The one Android app that evidence may name: package and signing certificates as registered.
 *
 * @throws Error, a malfunction, while no signing certificate is registered: nothing could be checked against it
 */
export function expectedAndroidApp({
  package: name,
  signers,
}: SchemeApp): Extract<ExpectedApp, { platform: 'android' }> {
  const [first, ...others] = signers
  if (first === undefined) throw new Error('no signing certificate is registered for the app')
  return { platform: 'android', package: name, signers: [first, ...others] }
}
