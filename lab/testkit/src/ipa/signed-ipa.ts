import { createHash } from 'node:crypto'
import { build } from 'plist'
import type { DeveloperSigner } from '../apple/developer-ca.ts'
import { appInfo, buildIpa, type IpaContent } from './build-ipa.ts'
import { signedExecutable } from './signed-executable.ts'

/** What an app for iPhones is made of, and who signs it. */
export interface SignedIpaContent extends IpaContent {
  readonly teamId: string
  readonly sign: DeveloperSigner
  /** Files that are put in, or in the place of others, after it was signed. */
  readonly after?: Readonly<Record<string, Buffer>>
}

/** An IPA of a hybrid app as a developer exports it: signed with all of its files. */
export async function buildSignedIpa(content: SignedIpaContent): Promise<Buffer> {
  const { bundleId, files, teamId, sign, after = {} } = content
  const sealed = Object.entries(files).map(([path, bytes]) => {
    return [path, { hash2: createHash('sha256').update(bytes).digest() }] as const
  })
  const resources = Buffer.from(build({ files: {}, files2: Object.fromEntries(sealed), rules2: {} }))
  const named = { 1: appInfo(content), 3: resources }
  const App = signedExecutable({ identifier: bundleId, teamId, named, sign })
  return buildIpa({
    ...content,
    files: { App, '_CodeSignature/CodeResources': resources, ...files, ...after },
  })
}
