import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { buildNativeApp, createApkSigner, writeZip, type ApkSigner, type NativeApp } from '@assay/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
