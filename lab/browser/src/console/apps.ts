import { memoryImage } from '@assay/client'
import { buildIpa, createDevice, writeZip, type Device, type Phones, type PhoneVendors } from '@assay/testkit'
import { mediaTypes } from '@assay/protocol'
import type { Operator } from './operator.ts'

export const shop = 'com.example.shop'
export const wallet = 'com.example.wallet'
const team = 'ASSAY12345'
export const audiences = { orders: 'https://api.example.com', payments: 'https://pay.example.com' }
const bundleName = 'main.jsbundle'
const releases = ['1.4.1', '1.4.2', '1.5.0'] as const

const scriptsOf = (release: string) => ({
  'app.js': Buffer.from(
    Array.from({ length: 300 }, (_, i) => `export const item${i} = '${release}'\n`).join(''),
  ),
  'vendor/lib.js': Buffer.from(
    Array.from({ length: 200 }, (_, i) => `export const lib${i} = ${i}\n`).join(''),
  ),
})
const bundle = Buffer.from(Array.from({ length: 400 }, (_, i) => `globalThis.item${i} = ${i}\n`).join(''))

const zipOf = (files: Readonly<Record<string, Buffer>>) =>
  writeZip(Object.entries(files).map(([name, content]) => ({ name, content, stored: false })))

/** Registers a web shop with three releases, and an iPhone wallet with hardware evidence. */
export async function registerApps(operator: Operator): Promise<void> {
  await operator('POST', '/v1/apps', { id: shop, platform: 'web', name: 'Example Shop' })
  for (const [index, release] of releases.entries())
    await operator(
      'POST',
      `/v1/apps/${shop}/builds?id=${release}&version_code=${index + 1}`,
      await zipOf(scriptsOf(release)),
      mediaTypes.zip,
    )
  const evidence = {
    apple_app_attest: { app_ids: [`${team}.${wallet}`], environments: ['production'], system: 'ios' },
  }
  await operator('POST', '/v1/apps', { id: wallet, platform: 'ios', name: 'Example Wallet', evidence })
  const ipa = await buildIpa({ bundleId: wallet, bundleVersion: '7', files: { [bundleName]: bundle } })
  await operator('POST', `/v1/apps/${wallet}/builds?id=7`, ipa, mediaTypes.ipa)
  await operator('POST', '/v1/apis', {
    audience: audiences.orders,
    apps: [shop],
    tiers: ['affirming', 'warning'],
    name: 'Orders',
  })
  await operator('POST', '/v1/apis', {
    audience: audiences.payments,
    apps: [wallet],
    tiers: ['affirming', 'warning'],
    name: 'Payments',
  })
  await operator('POST', '/v1/keys', {
    name: 'release pipeline',
    scope: 'registration',
    apps: [shop, wallet],
  })
  await operator('POST', '/v1/keys', {
    name: 'support desk',
    scope: 'support',
    apps: [shop, wallet],
    let_through: true,
  })
}

export interface Devices {
  /** A browser with the shop; `changed`: the shop is patched. */
  browser(release: string, changed?: boolean): Promise<Device>
  /** An iPhone with the wallet; `silent`: it leaves out the evidence that the app is registered for. */
  iphone(silent?: boolean): Promise<Device>
}

export function devicesOf(endpoint: string, vendors: PhoneVendors): Devices {
  const phones: Phones = vendors.phones({ package: wallet, versionCode: 7, signers: [] }, `${team}.${wallet}`)
  return {
    browser(release, changed = false) {
      const files = scriptsOf(releases.some((one) => one === release) ? release : '1.5.0')
      if (changed) files['app.js'] = Buffer.concat([files['app.js'].subarray(0, -2), Buffer.from('9\n')])
      const segments = Object.entries(files).map(([name, bytes]) => ({
        name,
        kind: 'script' as const,
        bytes,
      }))
      return createDevice({
        endpoint,
        app: shop,
        build: release,
        audiences: { [audiences.orders]: audiences.orders },
        apk: memoryImage(segments),
      })
    },
    iphone: (silent = false) =>
      createDevice({
        endpoint,
        app: wallet,
        build: '7',
        audiences: { [audiences.payments]: audiences.payments },
        apk: memoryImage([{ name: bundleName, kind: 'script', bytes: bundle }]),
        evidence: silent ? [] : phones.iphone().evidence,
      }),
  }
}
