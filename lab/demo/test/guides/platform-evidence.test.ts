import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { memoryImage, type EvidenceSource } from '@assay/client'
import {
  buildIpa,
  createAppleCa,
  createApkSigner,
  createCliProcess,
  createDevice,
  createGoogleCa,
  createGoogleMock,
  fetchApk,
  newAppAttestKey,
  newKeyPair,
  publishedApks,
  rebuildApk,
  simulateIphone,
  simulatePixel,
  startFreshService,
  writeTestVendors,
  type AndroidPhone,
  type DeviceOptions,
  type FreshService,
  type Iphone,
  type GoogleMock,
} from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseGuide } from '../../src/guides/parse-guide.ts'

/** What the guide's file exports. */
interface PlatformEvidence {
  appAttest(integrity: object, kept: object): EvidenceSource
  androidKey(integrity: object): EvidenceSource
}

const root = path.resolve(import.meta.dirname, '../../../..')
const audience = 'https://api.example.com'
const ios = 'com.example.phone'
const appId = `ABCDE12345.${ios}`
const script = Buffer.from(`export const app = '${'a'.repeat(6000)}'`)
const apple = createAppleCa()
const google = createGoogleCa()
const android = publishedApks.apiDemos.applicationId
const cli = createCliProcess()

let folder: string
let mock: GoogleMock
let service: FreshService
let evidence: PlatformEvidence
let apk: Buffer
let signer: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'assay-evidence-'))
  mock = await createGoogleMock()
  await writeTestVendors(path.join(folder, 'vendors.json'), { apple, google, mock })
  service = await startFreshService(cli, ['--test-vendors', path.join(folder, 'vendors.json')])
  evidence = await fromGuide()
  await register()
})
afterAll(async () => {
  await service?.stop()
  await mock?.close()
  await rm(folder, { recursive: true, force: true })
})

async function fromGuide(): Promise<PlatformEvidence> {
  const steps = parseGuide(await readFile(path.join(root, 'docs/guides/hardware-evidence.md'), 'utf8'))
  const step = steps.find((each) => each.kind === 'file' && each.name === 'platform-evidence.js')
  const file = path.join(folder, 'platform-evidence.mjs')
  await writeFile(file, step?.kind === 'file' ? step.text : '')
  return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as PlatformEvidence
}

async function register(): Promise<void> {
  const release = await createApkSigner('Release')
  signer = release.sha256
  const published = await readFile(
    await fetchApk(publishedApks.apiDemos, path.join(root, 'node_modules/.cache/assay-apks')),
  )
  apk = await rebuildApk(published, { variant: 'release' }, release)
  const files = {
    'app.apk': apk,
    'App.ipa': await buildIpa({ bundleId: ios, bundleVersion: '7', files: { 'www/app.js': script } }),
    'ios.json': JSON.stringify({
      apple_app_attest: { app_ids: [appId], environments: ['production'], system: 'ios' },
    }),
    'android.json': JSON.stringify({
      android_key_attestation: { enrolments_per_day: { device: 5, batch: 1000 } },
    }),
  }
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content)
  const at = (name: string) => path.join(folder, name)
  for (const args of [
    ['app', 'add', ios, '--platform', 'ios', '--evidence', at('ios.json')],
    ['app', 'add', android, '--platform', 'android', '--evidence', at('android.json')],
    ['build', 'add', at('App.ipa'), '--app', ios, '--id', '1'],
    ['build', 'add', at('app.apk'), '--app', android, '--id', '1'],
    ['api', 'add', audience, '--app', ios, android, '--tier', 'affirming', 'warning'],
  ]) {
    await cli.succeed(args, service.env)
  }
}

const base64 = (base64url: unknown) => Buffer.from(base64url as string, 'base64url').toString('base64')

/** The functions of `@expo/app-integrity` on an iPhone. */
function integrityOf(phone: Iphone) {
  const keys = new Map<string, ReturnType<typeof newAppAttestKey>>()
  return {
    async generateKeyAsync() {
      const key = newAppAttestKey()
      keys.set(key.keyId.toString('base64'), key)
      return key.keyId.toString('base64')
    },
    attestKeyAsync: async (keyId: string, challenge: string) =>
      base64(phone.attest(challenge, keys.get(keyId)).attestation),
    generateAssertionAsync: async (_keyId: string, challenge: string) =>
      base64(phone.assert(challenge).assertion),
  }
}

/** The same on a phone with Android. */
function keyStoreOf(phone: AndroidPhone) {
  let chain: unknown
  return {
    async generateHardwareAttestedKeyAsync(_alias: string, challenge: string) {
      chain = phone.attestKey(newKeyPair('P-256'), Buffer.from(challenge)).chain
    },
    getAttestationCertificateChainAsync: async () => (chain as string[]).map(base64),
  }
}

function remembering() {
  let kept: unknown
  return { load: async () => kept, save: async (value: unknown) => void (kept = value) }
}

/** Enrols and refreshes once. @returns the kinds of evidence that each exchange carried */
async function attestTwice(options: Pick<DeviceOptions, 'app' | 'apk' | 'evidence'>): Promise<string[][]> {
  const device = await createDevice({
    endpoint: service.url,
    build: '1',
    audiences: { [audience]: audience },
    ...options,
  })
  await device.client.getToken(audience)
  await device.client.getToken(audience, { forceRefresh: true })
  device.close()
  return device.exchanges
    .filter(({ path }) => path === '/v1/attestations')
    .map(({ request }) =>
      (request as { evidence: { format: string }[] }).evidence.map(({ format }) => format),
    )
}

describe('platform-evidence.js of the guide', () => {
  it('gets an iPhone tokens: an attestation, and then assertions', async () => {
    const source = evidence.appAttest(integrityOf(simulateIphone({ apple, appId })), remembering())
    const installed = memoryImage([{ name: 'www/app.js', kind: 'script', bytes: script }])
    expect(await attestTwice({ app: ios, apk: installed, evidence: [source] })).toEqual([
      ['apple-app-attest'],
      ['apple-app-attest-assertion'],
    ])
  })

  it('gets a phone with Android tokens: a chain, and then nothing more', async () => {
    const app = { package: android, versionCode: 25, signers: [signer] }
    const source = evidence.androidKey(keyStoreOf(simulatePixel({ google, app, provisioning: 'remote' })))
    expect(await attestTwice({ app: android, apk, evidence: [source] })).toEqual([
      ['android-key-attestation'],
      [],
    ])
  })

  it('tries a key again that Apple could not attest', async () => {
    const integrity = integrityOf(simulateIphone({ apple, appId }))
    const kept = remembering()
    const busy = { ...integrity, attestKeyAsync: () => Promise.reject(new Error('SERVER_UNAVAILABLE')) }
    const first = await evidence.appAttest(busy, kept).prepare('enrolment')
    await expect(first?.collect('b'.repeat(43))).rejects.toThrow('SERVER_UNAVAILABLE')
    const { keyId } = (await kept.load()) as { keyId: string }
    const second = await evidence.appAttest(integrity, kept).prepare('enrolment')
    const item = await second?.collect('b'.repeat(43))
    expect(base64(item?.key_id)).toBe(keyId)
  })
})
