import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBuild } from '@assay/app-image'
import { createApkSigner, fetchApk, publishedApks, readZip, rebuildApk, type ApkSigner } from '@assay/testkit'

let folder = ''
let original: Buffer
let signer: ApkSigner

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'assay-testkit-'))
  const cache = path.resolve(import.meta.dirname, '../../../../node_modules/.cache/assay-apks')
  original = await readFile(await fetchApk(publishedApks.apiDemos, cache))
  signer = await createApkSigner('Release')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function read(apk: Buffer) {
  const file = path.join(folder, 'a.apk')
  writeFileSync(file, apk)
  return readBuild(file)
}

test('a release build of a real APK verifies under the new signer and is not debuggable any more', async () => {
  const before = await read(original)
  const after = await read(await rebuildApk(original, { variant: 'release' }, signer))
  expect(before.debuggable).toBe(true)
  expect(after).toMatchObject({
    package: publishedApks.apiDemos.applicationId,
    debuggable: false,
    signers: [signer.sha256],
    schemes: ['v2'],
    segments: before.segments,
  })
})

test('what is put in is measured', async () => {
  const put = { 'assets/assay/sdk.js': Buffer.from('sdk()') }
  const { segments } = await read(await rebuildApk(original, { variant: 'as-is', put }, signer))
  expect(segments).toContainEqual(
    expect.objectContaining({ name: 'assets/assay/sdk.js', kind: 'script', length: 5 }),
  )
})

test('one changed byte changes the code image', async () => {
  const change = (name: string, content: Buffer) =>
    name === 'classes.dex'
      ? Buffer.concat([content.subarray(0, -1), Buffer.of((content.at(-1) as number) ^ 1)])
      : content
  const rebuilt = await read(await rebuildApk(original, { variant: 'as-is', change }, signer))
  expect(rebuilt.imageDigest).not.toBe((await read(original)).imageDigest)
})

test('a signature does not survive a change of the file', async () => {
  const apk = await rebuildApk(original, { variant: 'as-is' }, signer)
  apk[100] = (apk[100] as number) ^ 1
  await expect(read(apk)).rejects.toMatchObject({ code: expect.stringMatching(/^(APK|ZIP)_/) as string })
})

test('two signers have two certificates', async () => {
  expect((await createApkSigner('Release')).sha256).not.toBe(signer.sha256)
})

test('entries keep their content', async () => {
  const rebuilt = await readZip(await rebuildApk(original, { variant: 'as-is' }, signer))
  const dex = (entries: typeof rebuilt) => entries.find(({ name }) => name === 'classes.dex')?.content
  expect(dex(rebuilt)?.equals(dex(await readZip(original)) as Buffer)).toBe(true)
})
