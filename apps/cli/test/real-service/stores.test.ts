import { writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  buildNativeApp,
  createApkSigner,
  protectByPlay,
  readZip,
  rebuildApk,
  writeZip,
  type ApkChanges,
  type ApkSigner,
  type NativeApp,
} from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { realService, type RealService } from './a-real-service.ts'

const app = 'com.example.native'
let service: RealService
let signer: ApkSigner
let built: NativeApp

const assay = (line: string) => service.assay(line.split(' '))
const fileIn = (name: string, content: Uint8Array): string => {
  const file = path.join(service.folder, name)
  writeFileSync(file, content)
  return file
}

beforeAll(async () => {
  service = await realService()
  signer = await createApkSigner('Owner')
  built = await buildNativeApp({ package: app, versionCode: 7, sdk: 'assay-android/0.1.0' }, signer)
  expect((await assay(`app add ${app} --platform android --store-signer ${signer.sha256}`)).status).toBe(0)
})
afterAll(() => service.close())

test('a set of APKs is known by what it holds, whatever its name is', async () => {
  const set = fileIn('device.zip', built.apks)
  expect((await assay(`inspect ${set}`)).stdout).toMatch(/format +apks/)
  const added = await assay(`build add ${set} --app ${app} --id device`)
  expect(added.status, added.stderr).toBe(0)
  expect(added.stdout).toMatch(/modules +base, checkout/)
  expect(
    (await assay(`build add ${fileIn('bundle.zip', built.aab)} --app ${app} --id bundle`)).stdout,
  ).toMatch(/signed by +-/)
})

test('another ZIP is refused as what its name says, with a code', async () => {
  const other = fileIn('other.zip', await writeZip([{ name: 'x', content: Buffer.of(1), stored: true }]))
  const added = await assay(`build add ${other} --app ${app} --id other`)
  expect(added).toMatchObject({ status: 1, stderr: expect.stringContaining('MANIFEST_MISSING') })
})

/** What the store hands out for a device of one ABI; `change` is what it does to the base. */
async function deviceSet(change: Omit<ApkChanges, 'variant'> = {}): Promise<Uint8Array> {
  const apks = (await readZip(built.apks)).filter(({ name }) => /master|arm64/.test(name))
  const changed = apks.map(async (entry) =>
    entry.name !== 'splits/base-master.apk'
      ? entry
      : { ...entry, content: await rebuildApk(entry.content, { variant: 'as-is', ...change }, signer) },
  )
  return writeZip(await Promise.all(changed))
}

const pairip = (content: Buffer) => Buffer.concat([content, Buffer.from('Lcom/pairip/StartupLauncher;')])
const ofDex =
  (change: (content: Buffer) => Buffer): NonNullable<ApkChanges['change']> =>
  (name, content) =>
    name === 'classes.dex' ? change(content) : content

interface Diff {
  same_code: boolean
  for_other_devices: number
  removed: unknown[]
  explained_by: { id: string; certainty: string; segments: string[] }[]
}
const diff = async (name: string, content: Uint8Array) => {
  const line = `build diff bundle --app ${app} --file ${fileIn(name, content)}`
  return {
    said: (await assay(line)).stdout,
    found: JSON.parse((await assay(`${line} --json`)).stdout) as Diff,
  }
}

describe('build diff with what a device gets', () => {
  test('does not miss the code of other devices', async () => {
    const { said, found } = await diff('plain.zip', await deviceSet())
    expect(found).toMatchObject({ same_code: true, removed: [], for_other_devices: 2, explained_by: [] })
    expect(said).toContain('2 more are for devices of other kinds')
  })

  test('names the automatic protection of the Play Console by its library', async () => {
    const put = { 'lib/arm64-v8a/libpairipcore.so': Buffer.from('library') }
    const { said, found } = await diff('protected.zip', await deviceSet({ put, change: ofDex(pairip) }))
    expect(found.explained_by).toMatchObject([
      {
        id: 'play-automatic-protection',
        certainty: 'likely',
        segments: ['base/classes.dex', 'base/lib/arm64-v8a/libpairipcore.so'],
      },
    ])
    expect(said).toContain('Play Console')
  })

  test('and by its classes, where it adds no library', async () => {
    const { found } = await diff('light.zip', await deviceSet({ change: ofDex(pairip) }))
    expect(found.explained_by).toMatchObject([{ certainty: 'likely', segments: ['base/classes.dex'] }])
  })

  test('and names it as one possibility, where only dex differs', async () => {
    const other = ofDex((content) => Buffer.concat([content, Buffer.from('more')]))
    const { said, found } = await diff('dex.zip', await deviceSet({ change: other }))
    expect(found.explained_by.map(({ certainty }) => certainty)).toContain('possible')
    expect(said).toContain('or the app was patched')
  })
})

describe('what a store made of a build', () => {
  test('is added as a variant, shown, compared with, and ended', async () => {
    const play = await protectByPlay(built.apks, signer)
    const set = fileIn('device-protected.zip', await play.deviceSet('arm64-v8a'))
    const added = await assay(`build add ${set} --app ${app} --id bundle --variant play --json`)
    expect(added.status, added.stderr).toBe(0)
    expect(JSON.parse(added.stdout)).toMatchObject({
      id: 'bundle',
      variants: [{ name: 'play', state: 'active' }],
    })
    const shown = await assay(`build show bundle --app ${app} --variant play`)
    expect(shown.stdout).toMatch(/play +active +arm64-v8a/)
    expect(shown.stdout).toContain('base/lib/arm64-v8a/libpairipcore.so')
    expect(shown.stdout).toContain('variant registered')
    const same = await assay(`build diff bundle --variant play --app ${app} --file ${set}`)
    expect(same.stdout).toContain('The code is identical')
    expect((await assay(`build retire bundle --app ${app} --variant first --yes`)).stdout).toContain(
      'Ended first',
    )
    expect(await assay(`build retire bundle --app ${app} --variant play --yes`)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('variant_refused') as string,
    })
  })

  test('is refused with what it contradicts', async () => {
    const other = await buildNativeApp({ package: app, versionCode: 8, sdk: '' }, signer)
    const set = fileIn('other-version.zip', other.apks)
    const refused = await assay(`build add ${set} --app ${app} --id bundle --variant other`)
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('/version_code') as string })
  })
})
