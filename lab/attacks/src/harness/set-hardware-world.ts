import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { startPhoneVendors, youngEvidencePolicy } from '@assay/testkit'
import { hastyAge, type HardwareWorld, type Target } from '../world.ts'
import { startApi } from './apis.ts'
import { iosApp, registerIosApp } from './ios-app.ts'
import { androidEvidence, appId, enrolmentsPerDay, vouchedFor } from './phones.ts'
import { nativeAppId, nativeInstalled } from './native-apps.ts'
import { otherServices } from './other-services.ts'
import { setWorld, type Material, type RunningWorld } from './set-world.ts'

/** A hardware world that runs, and what ends it. */
export interface RunningHardwareWorld {
  readonly world: HardwareWorld
  close(): Promise<void>
}

/** Evidence of hardware is accepted, good or with findings that genuine phones have too. */
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
    const nativePhones = vendors.phones(nativeInstalled(material.signer), nativeAppId)
    const running = await setWorld(material, {
      tiers,
      evidence: androidEvidence,
      serve: ['--test-vendors', vendorFile],
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
    const iosDevice: HardwareWorld['iosDevice'] = (options = {}) =>
      running.install(ios.app, ios.builds[1], {
        audiences: { [own.iosOrders.url]: own.iosOrders.url },
        evidence: phones.iphone().evidence,
        ...options,
      })
    const world: HardwareWorld = {
      ...running.world,
      ...own,
      ...otherServices(material, vendorFile),
      phones,
      nativePhones,
      enrolmentsPerDay,
      ios,
      iosDevice,
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
): Promise<Pick<HardwareWorld, 'iosOrders' | 'hasty'>> {
  const start = async (app: string): Promise<Target> => {
    const api = await startApi({ issuer: service, apps: [app], tiers })
    closing.push(() => api.close())
    return api
  }
  await operator.putPolicy('hasty', youngEvidencePolicy(hastyAge))
  const hasty = await start(apps.android)
  await operator.addApi({ audience: hasty.url, apps: [apps.android], tiers: [...tiers], policy: 'hasty' })
  return { iosOrders: await start(iosApp), hasty }
}
