import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { readBuild } from '@assay/app-image'
import {
  buildNativeApp,
  createApkSigner,
  fetchApk,
  publishedApks,
  readZip,
  rebuildApk,
  signApkV2,
  writeZip,
  type ApkSigner,
} from '@assay/testkit'
import type { Effort } from '../row/effort.ts'
import { withoutBare, type BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import { apkCache } from './register-apk.ts'

const sets = 10

/**
 * `register.variants`: reading one file with ten sets of split APKs that share all but one split, compared with one set, in
 * turns. Equal bytes are verified and inflated once. Ten sets with the same code and no split in common are in the facts.
 */
export async function registerVariantsRow(effort: Effort): Promise<BenchRow> {
  const rounds = effort(5, 1)
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-variants-'))
  try {
    const files = await writeSets(folder)
    const times = { one: [] as number[], shared: [] as number[], apart: [] as number[] }
    for (let round = 0; round < rounds; round++)
      for (const name of ['one', 'shared', 'apart'] as const) {
        const begun = performance.now()
        await readBuild(files[name], { format: 'apks' })
        times[name].push(performance.now() - begun)
      }
    const [one, shared, apart] = [median(times.one), median(times.shared), median(times.apart)]
    return {
      id: 'register.variants',
      value: rounded(shared),
      unit: 'ms',
      ...withoutBare,
      peer: 'one set of split APKs',
      peerValue: rounded(one),
      peerRatio: rounded(shared / one),
      facts: {
        sets,
        setsThatShareNoSplit: `${rounded(apart)} ms, ${rounded(apart / one)} × one`,
      },
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Sets of the same app: with the code of a published APK in a split of its own, compressed, and a small base for each set. */
async function writeSets(folder: string): Promise<Record<'one' | 'shared' | 'apart', string>> {
  const signer = await createApkSigner('Bench')
  const { apks } = await buildNativeApp({ package: 'com.example.bench', versionCode: 1, sdk: '' }, signer)
  const splits = new Map((await readZip(apks)).map(({ name, content }) => [name, content]))
  const published = await readZip(await readFile(await fetchApk(publishedApks.uiautomator2Server, apkCache)))
  const code = published.filter(({ name }) => /^classes\d*\.dex$/.test(name))
  const put = Object.fromEntries(code.map(({ name, content }) => [name, content]))
  const base = splits.get('splits/base-master.apk') as Buffer
  /** Another resource makes another APK of the same code. */
  const variantOf = (apk: Buffer, number: number, more: Readonly<Record<string, Buffer>> = {}) =>
    rebuildApk(
      apk,
      { variant: 'as-is', put: { ...more, 'res/number.txt': Buffer.from(`${number}`.padStart(4)) } },
      signer,
    )
  const feature = await deflated(splits.get('splits/checkout-master.apk') as Buffer, put, signer)
  const write = async (name: string, entries: readonly [string, Buffer][]) => {
    const file = path.join(folder, `${name}.apks`)
    await writeFile(
      file,
      await writeZip(entries.map(([at, content]) => ({ name: `splits/${at}.apk`, content, stored: true }))),
    )
    return file
  }
  const numbers = Array.from({ length: sets }, (_, i) => i)
  const set = async (number: number, isApart: boolean): Promise<[string, Buffer][]> => [
    [`base-master_${number}`, await variantOf(base, number)],
    [
      `checkout-master_${number}`,
      isApart ? await deflated(feature, { 'res/number.txt': Buffer.from(`${number}`) }, signer) : feature,
    ],
  ]
  return {
    one: await write('one', await set(0, false)),
    shared: await write('shared', (await Promise.all(numbers.map((number) => set(number, false)))).flat()),
    apart: await write('apart', (await Promise.all(numbers.map((number) => set(number, true)))).flat()),
  }
}

/** The APK with further files, all of them compressed as most APKs have their dex. */
async function deflated(
  apk: Buffer,
  put: Readonly<Record<string, Buffer>>,
  signer: ApkSigner,
): Promise<Buffer> {
  const kept = (await readZip(apk)).filter(({ name }) => !Object.hasOwn(put, name))
  const added = Object.entries(put).map(([name, content]) => ({ name, content }))
  const entries = [...kept, ...added].map(({ name, content }) => ({
    name,
    content,
    stored: name === 'AndroidManifest.xml',
  }))
  return signApkV2(await writeZip(entries), signer)
}
