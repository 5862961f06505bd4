import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { createApkSigner, fetchApk, publishedApks, rebuildApk } from '@assay/testkit'
import type { ReadersValues } from './values.ts'

const run = promisify(execFile)

/** Where a reader starts: a home of their own, a fresh clone, and a release build of their app. */
export interface Place {
  home: string
  clone: string
  scratch: string
  values: ReadersValues
  remove(): Promise<void>
}

/** @param repository What to clone. Only what is committed there is in the clone. */
export async function makePlace(repository: string): Promise<Place> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-guides-'))
  const [home, clone, scratch] = ['home', 'home/assay', 'scratch'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ]
  await mkdir(home)
  await mkdir(scratch)
  await run('git', ['clone', '--quiet', repository, clone])
  const apk = path.join(folder, 'my own app', 'release build.apk')
  await makeReleaseApk(apk, path.join(repository, 'node_modules/.cache/assay-apks'))
  return {
    home,
    clone,
    scratch,
    values: { apk: shellQuoted(apk), package: publishedApks.apiDemos.applicationId },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** A release build as its developers have it: not debuggable, signed with a key of their own, without any SDK in it. */
async function makeReleaseApk(file: string, cache: string): Promise<void> {
  const published = await readFile(await fetchApk(publishedApks.apiDemos, cache))
  const signer = await createApkSigner('A developer')
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, await rebuildApk(published, { variant: 'release' }, signer))
}

const shellQuoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
