import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { initialise, readTestVendors, startService } from '@assay/service'
import { newSealingKey } from './sealing-key.ts'
import { startPhoneVendors } from '@assay/testkit'
import { devicesOf, registerApps, type Devices } from './apps.ts'
import { operatorOf, type Operator } from './operator.ts'

export interface LivelyService {
  readonly url: string
  readonly consoleUrl: string
  readonly adminKey: string
  readonly operator: Operator
  readonly devices: Devices
  /** Sends the attestations of one minute, most of them genuine. */
  minute(): Promise<void>
  close(): Promise<void>
}

interface LivelyOptions {
  /** Minutes of activity before the service is returned. */
  minutes: number
  /** Port of the console; 0: any. */
  consolePort?: number
  /** Port of the service; 0: any. */
  port?: number
}

const minuteLong = 60_000

/** A real service with a console, and real attestations of simulated devices, whose clock starts that many minutes in the past. */
export async function startLivelyService({
  minutes,
  consolePort = 0,
  port = 0,
}: LivelyOptions): Promise<LivelyService> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-console-'))
  const vendors = await startPhoneVendors()
  const file = path.join(folder, 'vendors.json')
  await vendors.write(file)
  let behind = minutes * minuteLong
  const config = {
    dataFolder: path.join(folder, 'data'),
    sealingKey: newSealingKey(),
    host: '127.0.0.1',
    port,
    console: { host: '127.0.0.1', port: consolePort },
    logLevel: 'error' as const,
    clock: () => Math.floor(Date.now() - behind),
    vendors: { test: readTestVendors(JSON.parse(await readFile(file, 'utf8'))) },
  }
  const adminKey = (await initialise(config))?.secret ?? ''
  const service = await startService(config)
  const operator = operatorOf(service.url, adminKey)
  const devices = devicesOf(service.url, vendors)
  const close = async () => {
    await service.close()
    await vendors.close()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await registerApps(operator)
    const minute = happenings(devices)
    while (behind > 0) {
      const began = performance.now()
      await minute()
      behind = Math.max(0, behind - Math.max(0, minuteLong - (performance.now() - began)))
    }
    return {
      url: service.url,
      consoleUrl: service.consoleUrl ?? '',
      adminKey,
      operator,
      devices,
      minute,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The attestations of one minute: the same course each time, with a wave in it. */
function happenings({ browser, iphone }: Devices): () => Promise<void> {
  let count = 0
  const attest = async (making: ReturnType<Devices['browser']>) => {
    const device = await making
    // The console shows the outcome.
    await device.client.getToken().catch(() => undefined)
    device.close()
  }
  return async () => {
    const tick = count++
    const wave = Math.round(5 + 3 * Math.sin(tick / 7))
    for (let i = 0; i < wave; i++) await attest(browser(i % 3 === 0 ? '1.5.0' : '1.4.2'))
    for (let i = 0; i < Math.ceil(wave / 2); i++) await attest(iphone())
    if (tick % 2 === 0) await attest(browser('1.4.1', true))
    if (tick % 3 === 0) await attest(iphone(true))
    if (tick % 5 === 0) await attest(browser('1.6.0-beta'))
    if (tick % 4 === 1) await attest(browser('1.4.2', true))
  }
}
