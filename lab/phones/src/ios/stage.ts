import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { AppEvidence } from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import {
  buildIpa,
  createAppleCa,
  createCliProcess,
  startFreshService,
  writeTestVendors,
} from '@assay/testkit'
import { startGuardedApi, startLiveApi, type GuardedApi, type LiveApi } from '@assay/testkit/victims'
import { startAppleServer, type AppleDevice } from './apple-server.ts'
import { startGate, type Gate } from './gate.ts'
import { frameworkName, nativeCode } from './native-code.ts'
import { startPhone, type PhoneProcess } from './phone-process.ts'

const app = 'com.example.ios'
const webApp = 'com.example.web'
const plainApp = 'com.example.plain'
export const appId = `ASSAY12345.${app}`
const evidence: AppEvidence = {
  apple_app_attest: { app_ids: [appId], environments: ['production'], system: 'ios' },
}

const tiers = ['affirming', 'warning'] as const

/** A phone with the app on it: what outlives the app's process. */
export interface SimulatedPhone {
  readonly apple: AppleDevice
  readonly gate: Gate
  /** Folder of the installed app. */
  readonly bundle: string
  /** Starts the app. */
  start(options?: object): PhoneProcess
  /** Starts an extension of the app, which is another program in a folder inside. */
  startExtension(options?: object): PhoneProcess
  /** The settings with which a program for this phone starts. */
  readonly described: Readonly<Record<string, unknown>>
  readonly env: Readonly<Record<string, string>>
}

export interface PhoneOptions {
  /** App ID of the installed app. Default: the registered one. */
  readonly appId?: string
  /** Files that replace those of the registered build; `undefined` for one that is missing. */
  readonly files?: Readonly<Record<string, Buffer | undefined>>
  /** Without App Attest and Secure Enclave. */
  readonly simulator?: boolean
}

/** A real service with the testkit in the role of Apple, a real guard, and a registered app. */
export interface IosStage {
  /** URL of the service, past the gates. */
  readonly issuer: string
  readonly api: GuardedApi
  /** WebSockets under the registered name of `api`. */
  readonly live: LiveApi
  /** An API that also checks the memory: the text sections must be those of the registered build. */
  readonly exacting: GuardedApi
  readonly build: Build
  /** For files of a situation; it goes with the stage. */
  readonly folder: string
  /** The same app, with a lower version code. */
  readonly olderBuild: Build
  /** The same app registered without App Attest, and an API for it. */
  readonly plain: { readonly app: string; readonly api: GuardedApi }
  /** An API that is registered only for a web app. */
  readonly webApi: GuardedApi
  /** A route of `api` that its guard reserves for the web app. */
  readonly webRoute: GuardedApi
  phone(options?: PhoneOptions): Promise<SimulatedPhone>
  /** Runs the CLI with the operator's key. @returns its output */
  assay(args: readonly string[]): Promise<string>
  /** The operator's view of an attestation. */
  codeOf(trace: string): Promise<string | undefined>
  /** Registers the same app once more, as a separate build. */
  register(version: string): Promise<Build>
  retire(build: Build): Promise<void>
  setMinimum(versionCode: number): Promise<void>
  close(): Promise<void>
}

/** @param script of the app. Default: one of 20 kB */
export async function setIosStage(program: string, script = bundleOf(1)): Promise<IosStage> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-phones-'))
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  const close = async () => {
    for (const end of closing.reverse()) await end()
  }
  try {
    const apple = createAppleCa()
    const vendorFile = path.join(folder, 'vendors.json')
    await writeTestVendors(vendorFile, { apple })
    const cli = createCliProcess()
    const service = await startFreshService(cli, ['--test-vendors', vendorFile])
    closing.push(() => service.stop())
    const server = await startAppleServer(apple)
    closing.push(() => server.close())
    const guarded = async (more: { apps?: readonly string[]; audience?: string } = {}) => {
      const api = await startGuardedApi({ issuer: service.url, apps: [app], tiers, ...more })
      closing.push(() => api.close())
      return api
    }
    const [api, exacting] = [await guarded(), await guarded()]
    const webApi = await guarded({ apps: [webApp] })
    const live = await startLiveApi({
      issuer: service.url,
      apps: [app],
      tiers,
      audience: api.url,
    })
    closing.push(() => live.close())
    const plainApi = await guarded({ apps: [plainApp] })
    const webRoute = await guarded({ apps: [webApp], audience: api.url })
    const headers = { authorization: `Bearer ${service.env['ASSAY_API_KEY']}` }
    const send = async (method: string, to: string, type: string, body: string | Uint8Array<ArrayBuffer>) => {
      const response = await fetch(new URL(to, service.url), {
        method,
        headers: { ...headers, 'content-type': type },
        body,
      })
      if (!response.ok) throw new Error(`${method} ${to}: ${await response.text()}`)
      return (await response.json()) as unknown
    }
    const post = (to: string, body: object) => send('POST', to, 'application/json', JSON.stringify(body))
    const files = { 'main.jsbundle': script, [pageName]: Buffer.from('<!doctype html><p>Orders') }
    const code = await nativeCode()
    const framework = path.join(folder, 'framework')
    await writeFile(framework, code)
    const register = async (bundleVersion: string, id = app) => {
      const ipa = await buildIpa({ bundleId: id, bundleVersion, files: { ...files, [frameworkName]: code } })
      const to = `/v1/apps/${id}/builds?id=${bundleVersion}.0`
      return (await send('POST', to, 'application/x-ios-app', new Uint8Array(ipa))) as Build
    }
    await post('/v1/apps', { id: app, platform: 'ios', name: 'iPhone', evidence })
    await post('/v1/apps', { id: plainApp, platform: 'ios', name: 'iPhone without App Attest' })
    await post('/v1/apps', { id: webApp, platform: 'web', name: 'Web' })
    await post('/v1/apis', { audience: webApi.url, apps: [webApp], tiers })
    const olderBuild = await register('1')
    const build = await register('2')
    await register('2', plainApp)
    await post('/v1/apis', { audience: plainApi.url, apps: [plainApp], tiers })
    await post('/v1/apis', { audience: api.url, apps: [app], tiers })
    await send('PUT', '/v1/policies/exacting', 'application/json', JSON.stringify(exactingPolicy))
    await post('/v1/apis', { audience: exacting.url, apps: [app], tiers, policy: 'exacting' })

    let last = 0
    return {
      issuer: service.url,
      api,
      live,
      exacting,
      build,
      folder,
      olderBuild,
      plain: { app: plainApp, api: plainApi },
      webApi,
      webRoute,
      register,
      retire: async ({ id }) => void (await post(`/v1/apps/${app}/builds/${id}/retire`, {})),
      setMinimum: async (min_version_code) =>
        void (await send(
          'PATCH',
          `/v1/apps/${app}`,
          'application/json',
          JSON.stringify({ min_version_code }),
        )),
      async phone(options = {}) {
        const name = `device-${(last += 1)}`
        const home = path.join(folder, name)
        const [bundle, keychain] = [path.join(home, 'App.app'), path.join(home, 'keychain')]
        await mkdir(keychain, { recursive: true })
        for (const [file, content] of Object.entries({ ...files, ...options.files })) {
          if (content === undefined) continue
          await mkdir(path.dirname(path.join(bundle, file)), { recursive: true })
          await writeFile(path.join(bundle, file), content)
        }
        const device = server.device(name, options.appId ?? appId)
        const gate = await startGate(service.url)
        closing.push(() => gate.close())
        const hardware =
          options.simulator === true ? {} : { ASSAY_TEST_DEVICE: name, ASSAY_TEST_APPLE: device.url }
        const env = { HOME: home, XDG_DATA_HOME: home, ASSAY_TEST_KEYCHAIN: keychain, ...hardware }
        const described = {
          endpoints: [gate.url],
          app,
          build: build.id,
          audiences: { [api.url]: api.url, [live.url]: api.url },
          bundle,
          loaded: { [frameworkName]: framework },
        }
        const extension = path.join(bundle, 'PlugIns/Share.appex')
        await mkdir(extension, { recursive: true })
        await writeFile(path.join(extension, 'share.js'), 'globalThis.share = 1')
        const start = (more: object = {}) => {
          const phone = startPhone({
            program,
            phone: { ...described, requestTimeout: 60_000, ...more },
            env,
          })
          closing.push(() => phone.kill())
          return phone
        }
        return {
          apple: device,
          gate,
          bundle,
          described,
          env,
          start,
          startExtension: (more = {}) => start({ bundle: extension, loaded: { Share: framework }, ...more }),
        }
      },
      assay: async (args) => (await cli.succeed(args, service.env)).stdout,
      async codeOf(trace) {
        const response = await fetch(new URL(`/v1/attestations/${trace}`, service.url), { headers })
        return ((await response.json()) as { code?: string }).code
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const exactingPolicy = {
  name: 'What is in memory is what was registered',
  required: [{ claim: 'evidence.software.measured', one_of: [true] }],
  rules: [
    { when: "software.text == 'matched'", tier: 'affirming' },
    { when: "software.text != 'matched'", tier: 'contraindicated', reason: 'CODE_INJECTED' },
  ],
}

export const pageName = 'www/index.html'

/** A script of 20 kB. */
export function bundleOf(version: number): Buffer {
  return Buffer.from(Array.from({ length: 600 }, (_, i) => `globalThis.item${i} = ${i * version}\n`).join(''))
}
