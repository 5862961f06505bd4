import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { AdmissibleTier } from '@assay/protocol'
import {
  assessedDevicePolicy,
  newServiceAccount,
  startPhoneVendors,
  youngEvidencePolicy,
  type TeamKey,
} from '@assay/testkit'
import type { Administrator } from './operator.ts'
import { hastyAge, mostKeys, type HardwareWorld, type Target } from '../world/world.ts'
import { startApi } from './apis.ts'
import { banFarm } from './ban-farm.ts'
import { iosApp, registerIosApp } from './ios-app.ts'
import { androidEvidence, appId, enrolmentsPerDay, vouchedFor } from './phones.ts'
import { nativeAppId, nativeInstalled } from './native-apps.ts'
import { otherServices } from './other-services.ts'
import { setWorld, type Material, type RunningWorld } from './set-world.ts'

/** A running hardware world, and a function that stops it. */
export interface RunningHardwareWorld {
  readonly world: HardwareWorld
  close(): Promise<void>
}

/** Accepts hardware evidence that is good, or has only findings that genuine phones have too. */
const tiers = ['affirming', 'warning'] as const

export async function setHardwareWorld(material: Material): Promise<RunningHardwareWorld> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-vendors-'))
  const vendors = await startPhoneVendors()
  const closing: (() => Promise<unknown>)[] = [
    () => rm(folder, { recursive: true, force: true }),
    () => vendors.close(),
  ]
  const close = async () => {
    for (const end of closing.reverse()) await end()
  }
  try {
    const vendorFile = path.join(folder, 'vendors.json')
    await vendors.write(vendorFile)
    const accountFile = path.join(folder, 'account.json')
    await writeFile(accountFile, newServiceAccount())
    const nativePhones = vendors.phones(nativeInstalled(material.signer), nativeAppId)
    const running = await setWorld(material, {
      tiers,
      evidence: androidEvidence,
      serve: ['--test-vendors', vendorFile, '--google-credentials', accountFile],
      vouching: {
        evidence: () => phones.pixel().evidence,
        vouch: (answer) => vouchedFor(answer, phones.pixel()),
      },
      native: { tiers: ['affirming'], phones: nativePhones },
    })
    closing.push(running.close)
    const { apps, builds } = running.world
    const { versionCode } = builds.release
    const phones = vendors.phones(
      {
        package: apps.android,
        versionCode,
        signers: [material.signer.sha256],
      },
      appId,
    )
    await running.operator.putPlayIntegrityKeys(apps.android, phones.play.keys)
    const own = await startOwnApis(running, closing)
    const ios = await registerIosApp(running.operator, own.iosOrders.url)
    await registerAssessed(running.operator, own.assessed.url, vendors.teamKey)
    const iosDevice: HardwareWorld['iosDevice'] = (options = {}) =>
      running.install(ios.app, ios.builds[1], {
        audiences: { [own.iosOrders.url]: own.iosOrders.url },
        evidence: phones.iphone().evidence,
        ...options,
      })
    const world: HardwareWorld = {
      ...running.world,
      ...own,
      ration: rationing(running, material, closing),
      ...otherServices(material, vendorFile),
      phones,
      nativePhones,
      enrolmentsPerDay,
      ios,
      iosDevice,
      banFarm: (audience, installations) =>
        banFarm(running.service.env['ASSAY_DATA'] as string, apps.android, audience, installations),
    }
    return { world, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** APIs that only this world has. */
async function startOwnApis(
  { world: { service, apps }, operator }: RunningWorld,
  closing: (() => Promise<unknown>)[],
): Promise<Pick<HardwareWorld, 'iosOrders' | 'assessed' | 'hasty' | 'exacting'>> {
  const start = async (app: string, accepted: readonly AdmissibleTier[] = tiers): Promise<Target> => {
    const api = await startApi({ issuer: service, apps: [app], tiers: accepted })
    closing.push(() => api.close())
    return api
  }
  await operator.putPolicy('hasty', youngEvidencePolicy(hastyAge))
  const hasty = await start(apps.android)
  await operator.addApi({ audience: hasty.url, apps: [apps.android], tiers: [...tiers], policy: 'hasty' })
  const exacting = await start(apps.android, ['affirming'])
  await operator.addApi({ audience: exacting.url, apps: [apps.android], tiers: ['affirming'] })
  return { exacting, iosOrders: await start(iosApp), assessed: await start(iosApp), hasty }
}

const rationedCalls = 4

/** Each app has the release build under its own id. */
function rationing(
  { world: { service, apps, apks, builds }, operator, install }: RunningWorld,
  { signer }: Material,
  closing: (() => Promise<unknown>)[],
): HardwareWorld['ration'] {
  let made = 0
  return async (when_spent) => {
    const app = `${apps.android}.rationed${++made}`
    const play_integrity = {
      request: 'standard',
      calls_per_day: rationedCalls,
      reserve: rationedCalls / 2,
      calls_per_network: rationedCalls,
      max_age: 300,
      when_spent,
    }
    await operator.addApp({
      id: app,
      platform: 'android',
      name: 'API Demos',
      package: apps.android,
      signers: [signer.sha256],
      evidence: { ...androidEvidence, play_integrity },
    })
    await operator.addBuild(app, apks.release, 'apk', { id: builds.release.id })
    const api = await startApi({ issuer: service, apps: [app], tiers: ['affirming'] })
    closing.push(() => api.close())
    await operator.addApi({ audience: api.url, apps: [app], tiers: ['affirming'] })
    return {
      target: api,
      calls: rationedCalls,
      device: (evidence) => install(app, builds.release, { evidence, audiences: { [api.url]: api.url } }),
    }
  }
}

/** Its guard accepts `warning` too, so that every refusal is by the service. */
async function registerAssessed(operator: Administrator, audience: string, key: TeamKey): Promise<void> {
  await operator.putDeviceCheckKey(iosApp, key)
  await operator.putPolicy('assessed', assessedDevicePolicy(mostKeys))
  await operator.addApi({ audience, apps: [iosApp], tiers: ['affirming'], policy: 'assessed' })
}
