import { readZip, createSoftwareKey, type Keystore, type SoftwareKey } from '@assay/testkit'

/** A member or variable whose name sounds like a secret, and a long value with a digit and without spaces. */
const secretLike =
  /["']?[\w-]*(?:key|secret|token|password)["']?\s*[:=]\s*["'](?=[^"'\s]*\d)([^"'\s]{16,256})["']/gi

/** What anyone with the file finds in it: no more than unzipping and a search for text is needed. */
export async function findSecrets(apk: Buffer): Promise<string[]> {
  const found = new Set<string>()
  for (const { name, content } of await readZip(apk)) {
    if (!/^(?:assets|res)\/.*\.(?:json|xml|properties|txt|js)$/.test(name)) continue
    for (const [, value] of content.toString('latin1').matchAll(secretLike)) found.add(value as string)
  }
  return [...found]
}

/**
 * What a thief has of a key in the Keystore who has all memory and files of the process, and no use of the Keystore: its public
 * half, and a private key of his own.
 */
export function stolenKey(keystore: Pick<Keystore, 'publicKey'>): SoftwareKey {
  const publicJwk = keystore.publicKey()
  if (publicJwk === undefined) throw new Error('there is no key yet')
  return { ...createSoftwareKey(), publicJwk, isEnrolled: true }
}
