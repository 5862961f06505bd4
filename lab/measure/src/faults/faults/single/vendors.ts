import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { mediaTypes } from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import {
  apkCodeImage,
  createApkSigner,
  createDevice,
  fetchApk,
  publishedApks,
  rebuildApk,
  sdkFiles,
  startPhoneVendors,
  type PhoneVendors,
  type TestVendors,
} from '@assay/testkit'
import { apkCache } from '../../../bench/registration/register-apk.ts'
import type { Fault, Length } from '../../fault/fault.ts'
import { audience, succeed } from '../../stage/apps.ts'
import type { Stage } from '../../stage/stage.ts'
import { createTally } from '../../stage/tally.ts'

const phonesOf: Record<Length, number> = { short: 4, long: 20 }
/** Milliseconds after which a phone counts as refused: the SDK itself would come back for longer. */
const patience = 20_000

/** An Android app, whose phones need Google's list when they enrol. @returns whether a new phone gets a token */
async function androidApp(stage: Stage, vendors: PhoneVendors) {
  const app = publishedApks.apiDemos.applicationId
  const signer = await createApkSigner('Release')
  const apk = await rebuildApk(
    await readFile(await fetchApk(publishedApks.apiDemos, apkCache)),
    { variant: 'release', put: { 'assets/assay/sdk.js': Buffer.concat(Object.values(await sdkFiles())) } },
    signer,
  )
  const evidence = { android_key_attestation: { enrolments_per_day: { device: 5, batch: 1_000 } } }
  await succeed(stage.operator.ask('POST', '/v1/apps', { id: app, platform: 'android', evidence }))
  const api = { audience: `${audience}/android`, apps: [app], tiers: ['affirming', 'warning'] }
  await succeed(stage.operator.ask('POST', '/v1/apis', api))
  const added = await succeed(
    stage.network.send({
      method: 'POST',
      url: `${stage.node.url}/v1/apps/${app}/builds`,
      key: stage.adminKey,
      body: apk,
      type: mediaTypes.apk,
    }),
  )
  const { id, version_code: versionCode } = added.body as Build
  const image = await apkCodeImage(apk)
  const phones = vendors.phones({ package: app, versionCode, signers: [signer.sha256] }, 'A.example')
  const enrols = async (): Promise<boolean> => {
    const device = await createDevice({
      ...{ apk: image, endpoint: stage.node.url, app, build: id, evidence: phones.pixel().evidence },
      audiences: { [api.audience]: api.audience },
    })
    const served = device.client.getToken(api.audience).then(
      () => true,
      () => false,
    )
    const isServed = await Promise.race([served, wait(patience, false, { ref: false })])
    device.close()
    return isServed
  }
  return { enrols, phones }
}

async function vendorsOf(vendors: PhoneVendors): Promise<TestVendors> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-vendors-'))
  try {
    const file = path.join(folder, 'vendors.json')
    await vendors.write(file)
    return JSON.parse(await readFile(file, 'utf8')) as TestVendors
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const away: Fault = {
  name: 'vendor.away',
  what: 'Google cannot be asked, and the service is killed and starts again: phones enrol by the list that is stored, and none is refused',
  stores: ['sqlite', 'postgres'],
  async run(stage, length) {
    const tally = createTally()
    const vendors = await startPhoneVendors()
    try {
      const changes = { vendors: { test: await vendorsOf(vendors) } }
      await stage.node.stop()
      await stage.start(changes)
      const { enrols, phones } = await androidApp(stage, vendors)
      tally.want(await enrols(), 'a phone enrols while Google answers')
      phones.statusListIs('down')
      await stage.node.kill()
      tally.recovered(await stage.start(changes))
      for (let i = 0; i < phonesOf[length]; i++) {
        tally.attempts++
        if (!(await enrols())) tally.losses++
      }
      tally.fact('refused after the restart', tally.losses)
      phones.statusListIs('sound')
      tally.want(await enrols(), 'a phone enrols when Google answers again')
      return tally.outcome()
    } finally {
      await vendors.close()
    }
  },
}

export const vendorFaults: readonly Fault[] = [away]
