import { readZip, createSoftwareKey, type Keystore, type SoftwareKey } from '@assay/testkit'

/** A member or variable whose name sounds like a secret, and a long value with a digit and without spaces. */
const secretLike =
  /["']?[\w-]*(?:key|secret|token|password)["']?\s*[:=]\s*["'](?=[^"'\s]*\d)([^"'\s]{16,256})["']/gi

/** The secrets that anyone can find in the file by unzipping it and searching its text. */
export async function findSecrets(apk: Buffer): Promise<string[]> {
  const found = new Set<string>()
  for (const { name, content } of await readZip(apk)) {
    if (!/^(?:assets|res)\/.*\.(?:json|xml|properties|txt|js)$/.test(name)) continue
    for (const [, value] of content.toString('latin1').matchAll(secretLike)) found.add(value as string)
  }
  return [...found]
}

/**
 * The loot of a thief who has all memory and files of the process but cannot use the Keystore: the public half of the key, with
 * a private key of his own.
 */
export function stolenKey(keystore: Pick<Keystore, 'publicKey'>): SoftwareKey {
  const publicJwk = keystore.publicKey()
  if (publicJwk === undefined) throw new Error('there is no key yet')
  return { ...createSoftwareKey(), publicJwk, isEnrolled: true }
}
