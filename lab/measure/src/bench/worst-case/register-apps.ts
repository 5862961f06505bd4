import { readFile } from 'node:fs/promises'
import { memoryImage } from '@assay/client'
import { mediaTypes, type EvidenceItem } from '@assay/protocol'
import type { AppInput, Build } from '@assay/protocol/schemas'
import {
  apkCodeImage,
  buildIpa,
  createApkSigner,
  fetchApk,
  publishedApks,
  rebuildApk,
  sdkFiles,
  type PhoneVendors,
} from '@assay/testkit'
import { apkCache } from '../registration/register-apk.ts'
import { createAttester } from './attester.ts'
import type { Apps } from './costly-inputs.ts'
import type { WatchedService } from './watched-process.ts'

const audience = 'https://api.example.com'
export const appId = 'ASSAY12345.com.example.ios'
const many = { device: 1_000_000, batch: 1_000_000 }

/** An app on each platform, with all evidence of that platform, and devices that attest for it. */
export async function registerApps({ url, adminKey }: WatchedService, vendors: PhoneVendors): Promise<Apps> {
  const send = async (method: string, to: string, type: string, body: string | Buffer): Promise<unknown> => {
    const headers = { authorization: `Bearer ${adminKey}`, 'content-type': type }
    const response = await fetch(url + to, { method, headers, body: bodyOf(body) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${to} was answered by ${response.status}: ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  const post = (to: string, body: object) => send('POST', to, mediaTypes.json, JSON.stringify(body))
  const addApp = (app: AppInput) => post('/v1/apps', app)
  const addBuild = async (app: string, type: string, file: Buffer) =>
    (await send('POST', `/v1/apps/${app}/builds`, type, file)) as Build

  const android = publishedApks.apiDemos.applicationId
  const ios = appId.slice(appId.indexOf('.') + 1)
  const signer = await createApkSigner('Release')
  const apk = await rebuildApk(
    await readFile(await fetchApk(publishedApks.apiDemos, apkCache)),
    { variant: 'release', put: { 'assets/assay/sdk.js': Buffer.concat(Object.values(await sdkFiles())) } },
    signer,
  )
  const bundle = Buffer.from('globalThis.item = 1\n'.repeat(400))
  const ipa = await buildIpa({ bundleId: ios, bundleVersion: '1', files: { 'main.jsbundle': bundle } })
  await addApp({
    id: android,
    platform: 'android',
    evidence: {
      android_key_attestation: { enrolments_per_day: many },
      play_integrity: { request: 'classic', calls_per_day: 1, max_age: 600 },
    },
  })
  await addApp({
    id: ios,
    platform: 'ios',
    evidence: { apple_app_attest: { app_ids: [appId], environments: ['production'], system: 'ios' } },
  })
  await post('/v1/apis', { audience, apps: [android, ios], tiers: ['affirming', 'warning'] })
  await send(
    'PUT',
    `/v1/apps/${android}/play-integrity-keys`,
    mediaTypes.json,
    JSON.stringify(vendors.playKeys),
  )
  const androidBuild = await addBuild(android, mediaTypes.apk, apk)
  const iosBuild = await addBuild(ios, mediaTypes.ipa, ipa)

  const installed = { package: android, versionCode: androidBuild.version_code, signers: [signer.sha256] }
  const phones = vendors.phones(installed, appId)
  const pixel = phones.pixel()
  const iphone = phones.iphone()
  const common = { url, audience }
  const attesters = {
    android: await createAttester({
      ...common,
      app: android,
      build: androidBuild.id,
      image: await apkCodeImage(apk),
      evidence: phones.pixel({ play: phones.play }).evidence,
    }),
    ios: await createAttester({
      ...common,
      app: ios,
      build: iosBuild.id,
      image: memoryImage([{ name: 'main.jsbundle', kind: 'script', bytes: bundle }]),
      evidence: iphone.evidence,
    }),
  }
  return {
    android: {
      ...attesters.android,
      signer: signer.sha256,
      versionCode: installed.versionCode,
      evidence: (binding) => [pixel.attest(binding)],
    },
    ios: { ...attesters.ios, evidence: (binding): EvidenceItem[] => [iphone.attest(binding)] },
  }
}

/** As `fetch` takes it. */
export function bodyOf(body: string | Buffer): string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' ? body : new Uint8Array(body)
}
