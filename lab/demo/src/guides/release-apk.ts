import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createApkSigner, fetchApk, publishedApks, rebuildApk } from '@assay/testkit'

const cache = path.resolve(import.meta.dirname, '../../../../node_modules/.cache/assay-apks')

/** Package of the app that {@link makeReleaseApk} makes. */
export const releasedPackage = publishedApks.apiDemos.applicationId

/** A release build as its developers have it: not debuggable, signed with a key of their own, without any SDK in it. */
export async function makeReleaseApk(file: string): Promise<void> {
  const published = await readFile(await fetchApk(publishedApks.apiDemos, cache))
  const signer = await createApkSigner('A developer')
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, await rebuildApk(published, { variant: 'release' }, signer))
}
