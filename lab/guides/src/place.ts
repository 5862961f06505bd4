import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { makeReleaseApk, releasedPackage } from './release-apk.ts'
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
  await makeReleaseApk(apk)
  return {
    home,
    clone,
    scratch,
    values: { apk: shellQuoted(apk), package: releasedPackage },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

const shellQuoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
