import type { MemorySegment } from '@assay/client'
import { installedFrom, type Abi } from './native-app.ts'
import { rebuildApk } from './rebuild.ts'
import type { ApkSigner } from './signer.ts'
import { readZip, writeZip, type ZipEntry } from './zip.ts'

/** What Google Play delivers of a release. */
export interface DeliveredApp {
  /** All split APKs, in one file, as bundletool names them. */
  readonly apks: Buffer
  /** The APKs that a device of this ABI gets, in one ZIP, as the Console hands them out. */
  deviceSet(abi: Abi): Promise<Buffer>
  /** The code that a device of this ABI has. */
  installed(abi: Abi): Promise<MemorySegment[]>
}

/** What automatic protection leaves in an app, as it is seen in apps that have it: classes and a library of its own. */
const starter = 'Lcom/pairip/StartupLauncher;'
const library = 'libpairipcore.so'

/**
 * A store that signs with its own key, and rewrites what it delivers as Play's automatic protection does: the app's dex
 * files change, one is added, and so is a library for each ABI.
 *
 * @param apks all split APKs of a release, in one file @param signer the app signing key, which the store has
 * @param round another one gives other bytes, as after a change of the protection
 */
export async function protectByPlay(apks: Buffer, signer: ApkSigner, round = 1): Promise<DeliveredApp> {
  const splits = await Promise.all(
    (await readZip(apks)).map(async ({ name, content, stored }): Promise<ZipEntry> => {
      return { name, stored, content: await rebuildApk(content, protection(name, round), signer) }
    }),
  )
  return deliveredFrom(await writeZip(splits))
}

/** A store that only signs with its own key. */
export async function signByPlay(apks: Buffer, signer: ApkSigner): Promise<DeliveredApp> {
  const splits = await Promise.all(
    (await readZip(apks)).map(async ({ name, content, stored }): Promise<ZipEntry> => {
      return { name, stored, content: await rebuildApk(content, { variant: 'as-is' }, signer) }
    }),
  )
  return deliveredFrom(await writeZip(splits))
}

function protection(split: string, round: number): Parameters<typeof rebuildApk>[1] {
  const [, abi] = /base-(arm64_v8a|armeabi_v7a|x86_64)\.apk$/.exec(split) ?? []
  const put: Record<string, Buffer> = {}
  if (abi !== undefined)
    put[`lib/${abi.replace('arm64_v8a', 'arm64-v8a').replace('armeabi_v7a', 'armeabi-v7a')}/${library}`] =
      Buffer.concat([Buffer.from('\x7fELF'), filler(`protection ${round} for ${abi}`)])
  if (split.endsWith('base-master.apk'))
    put['classes2.dex'] = Buffer.concat([
      Buffer.from('dex\n035\0'),
      filler(`loader ${round}`),
      Buffer.from(starter),
    ])
  return {
    variant: 'as-is',
    put,
    // A method more in each class that it guards: the names stay, the bytes do not.
    change: (name, content) =>
      name.endsWith('.dex') ? Buffer.concat([content, filler(`guard ${round} of ${name}`)]) : content,
  }
}

function filler(text: string): Buffer {
  return Buffer.from(Array.from({ length: 100 }, (_, i) => `${text} ${i}\n`).join(''))
}

function deliveredFrom(apks: Buffer): DeliveredApp {
  return {
    apks,
    async deviceSet(abi) {
      const own = `base-${abi.replaceAll('-', '_')}.apk`
      const files = (await readZip(apks)).flatMap(({ name, content }) => {
        const file = name.slice(name.lastIndexOf('/') + 1)
        const isFor = file === own || !/^base-(?:arm|x86)/.test(file)
        return isFor ? [{ name: file, content, stored: true }] : []
      })
      return writeZip(files)
    },
    installed: (abi) => installedFrom(apks, abi),
  }
}
