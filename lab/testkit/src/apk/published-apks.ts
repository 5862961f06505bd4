import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { extract } from 'tar'

const run = promisify(execFile)

/** A real APK inside a package of the npm registry. */
export interface PublishedApk {
  /** npm package at its exact version. */
  package: string
  /** Subresource integrity of the package's tarball, as the registry publishes it. */
  integrity: string
  /** Where the APK is in the tarball. */
  file: string
  applicationId: string
}

/** All of them are debug builds. Licences: Apache-2.0 (the APKs are built from Appium's and AOSP's sources). */
export const publishedApks = {
  apiDemos: {
    package: 'android-apidemos@5.0.0',
    integrity:
      'sha512-MCYBijgV+12UZwOfSV91aRk5Z3LBuTbUlFsz3S6y+4rFbjTKphyvaoRAj7CT238tftzjPuuqx3SBGDPWP3R0LA==',
    file: 'package/apks/ApiDemos-debug.apk',
    applicationId: 'io.appium.android.apis',
  },
  settings: {
    package: 'io.appium.settings@8.0.10',
    integrity:
      'sha512-hvCl6u2QMrggrOohOy9pDTFo0bIWn78Nxdvj57UoPoCSFrkP0a8y73a1GaV31x3IzPw6QIECakpznft1/2/3bA==',
    file: 'package/apks/settings_apk-debug.apk',
    applicationId: 'io.appium.settings',
  },
  uiautomator2Server: {
    package: 'appium-uiautomator2-server@10.6.6',
    integrity:
      'sha512-Ae7mB19OcLkEBi/U/r9eKnCmCJHV5iNf2/HYYHstuP7iWGCTXj1WXfIC++7fBfGWdSZVDoWc6nJO8miZInE1Wg==',
    file: 'package/apks/appium-uiautomator2-server-v10.6.6.apk',
    applicationId: 'io.appium.uiautomator2.server',
  },
} as const satisfies Record<string, PublishedApk>

/**
 * The file of a published APK, fetched on first use: the tarball alone, checked against its pinned digest before
 * anything is taken from it, never installed and no script of it run.
 */
export async function fetchApk(apk: PublishedApk, cacheFolder: string): Promise<string> {
  const folder = path.join(cacheFolder, apk.package.replace(/[^a-z0-9.-]/gi, '_'))
  const target = path.join(folder, path.basename(apk.file))
  const known = await readFile(`${target}.integrity`, 'utf8').catch(() => undefined)
  if (known === apk.integrity) return target
  await mkdir(folder, { recursive: true })
  const work = await mkdtemp(path.join(os.tmpdir(), 'assay-apk-'))
  try {
    const { stdout } = await run('npm', ['pack', apk.package, '--silent', '--pack-destination', work], {
      cwd: work,
    })
    const tarball = path.join(work, stdout.trim().split('\n').at(-1) as string)
    const digest = createHash('sha512')
      .update(await readFile(tarball))
      .digest('base64')
    if (`sha512-${digest}` !== apk.integrity)
      throw new Error(`${apk.package}: the tarball is not the pinned one`)
    await extract({ file: tarball, cwd: work, strict: true }, [apk.file])
    await writeFile(path.join(work, 'apk'), await readFile(path.join(work, apk.file)))
    await rename(path.join(work, 'apk'), target).catch(async () =>
      writeFile(target, await readFile(path.join(work, 'apk'))),
    )
    await writeFile(`${target}.integrity`, apk.integrity)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return target
}
