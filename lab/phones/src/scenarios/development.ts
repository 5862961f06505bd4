import { strict as assert } from 'node:assert'
import type { Platform } from '@assay/protocol'
import { startGuardedApi, type GuardedApi } from '@assay/testkit/victims'
import { startPhone, type Scenario } from './scenario.ts'

/** An app and an API for development, and a secret for them. */
export interface Development {
  readonly app: string
  readonly api: GuardedApi
  readonly secret: string
}

/** @param assay the command line, with the operator's key */
export async function registerForDevelopment(
  issuer: string,
  platform: Platform,
  assay: (args: readonly string[]) => Promise<string>,
): Promise<Development> {
  const app = 'com.example.develop'
  const api = await startGuardedApi({ issuer, apps: [app], tiers: ['warning'], development: true })
  await assay(['app', 'add', app, '--platform', platform, '--development'])
  await assay(['api', 'add', api.url, '--app', app, '--tier', 'warning', '--development'])
  const made = await assay(['development', 'add', '--app', app, '--name', 'Ada', '--json'])
  return { app, api, secret: (JSON.parse(made) as { secret: string }).secret }
}

/** An emulator, which has nothing that could be measured or attested. */
export const development: readonly Scenario[] = [
  {
    name: 'development-secret',
    async play(stage) {
      const { world } = stage
      const { app, api, secret } = await registerForDevelopment(world.issuer, 'android', (args) =>
        world.assay(args),
      )
      try {
        const emulator = { app, apk: Buffer.from('no APK'), fault: 'unsupported', developmentSecret: secret }
        const orders = { url: `${api.url}/v1/orders` }
        const phone = await startPhone(stage, {
          ...emulator,
          name: 'emulator',
          audiences: { [api.url]: api.url },
        })
        assert.equal((await phone.ask('fetch', orders))['status'], 200)
        assert.equal((await phone.ask('token', { force: true })).error, undefined)
        const wrong = await startPhone(stage, {
          ...emulator,
          name: 'production',
          audiences: { [world.api.url]: world.api.url },
        })
        assert.equal((await wrong.ask('token'))['problem'], 'development_refused')
      } finally {
        await api.close()
      }
    },
  },
]
