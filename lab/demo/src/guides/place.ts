import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { makeReleaseApk, releasedPackage } from './release-apk.ts'
import { buildNativeApp, createApkSigner, protectByPlay, startGeneratedApks } from '@assay/testkit'
import type { PlayAccount, ReadersValues } from './values.ts'

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
  const { account, close } = await openPlayAccount(path.join(folder, 'my own app'))
  return {
    home,
    clone,
    scratch,
    values: { apk: shellQuoted(apk), package: releasedPackage, play: account },
    remove: async () => {
      await close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A release at Google Play, with automatic protection: the bundle as it was uploaded, and a stand-in for the API of Play. */
async function openPlayAccount(
  folder: string,
): Promise<{ account: PlayAccount; close: () => Promise<void> }> {
  const content = { package: 'com.example.shop', versionCode: 7, sdk: 'assay-android/0.1.0' }
  const signer = await createApkSigner('App signing key')
  const built = await buildNativeApp(content, signer)
  const { apks } = await protectByPlay(built.apks, signer)
  const api = await startGeneratedApks({ ...content, certificate: signer.sha256, apks })
  const bundle = path.join(folder, 'release build.aab')
  await writeFile(bundle, built.aab)
  return {
    account: { bundle: shellQuoted(bundle), api: api.url, accessToken: api.accessToken },
    close: api.close,
  }
}

const shellQuoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
