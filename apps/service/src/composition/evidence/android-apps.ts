import type { ExpectedApp, NonEmpty } from '@assay/evidence'
import type { App } from '@assay/protocol'

type AndroidApp = Extract<ExpectedApp, { platform: 'android' }>

/**
 * The one app that evidence may name: package and signing certificates as registered.
 *
 * @throws Error, a malfunction, while no signing certificate is registered: nothing could be held against it
 */
export function androidApps({ package: name, signers }: App): NonEmpty<AndroidApp> {
  const [first, ...others] = signers
  if (first === undefined) throw new Error('no signing certificate is registered for the app')
  return [{ platform: 'android', package: name, signers: [first, ...others] }]
}
