import { createHash } from 'node:crypto'
import { mediaTypes } from '@assay/protocol'
import type { ApiInput, AppInput, AttestationTrace, Build, BuildQuery } from '@assay/protocol/schemas'
import type { TeamKey } from '@assay/testkit'
import type { Outcome } from '../world/outcome.ts'
import { refused, served } from '../world/outcome.ts'
import { createPipeline } from './pipeline.ts'
import { developmentApp, type Operator, type World } from '../world/world.ts'

type BuildType = 'apk' | 'aab' | 'apks' | 'ipa' | 'zip'

/** The operator's acts that only the harness needs. */
export interface Administrator extends Operator {
  addApp(app: AppInput): Promise<void>
  setMinimum(app: string, versionCode: number): Promise<void>
  addApi(api: ApiInput): Promise<void>
  addBuild(app: string, file: Buffer, type: BuildType, query: BuildQuery): Promise<Build>
  putPolicy(id: string, document: object): Promise<void>
  putDeviceCheckKey(app: string, key: TeamKey): Promise<void>
  putPlayIntegrityKeys(app: string, keys: { decryption: string; verification: string }): Promise<void>
}

/** The operator, who uses the service's HTTP API with the first admin key. */
export function createOperator(
  service: string,
  adminKey: string,
  { android: app, web: webApp }: World['apps'],
): Administrator {
  const ask = (method: string, path: string, body?: object, key = adminKey) =>
    fetch(new URL(path, service), {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': mediaTypes.json }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })

  const succeed = async (method: string, path: string, body?: object): Promise<unknown> =>
    answered(`${method} ${path}`, await ask(method, path, body))

  const upload = (to: string, file: Buffer, type: BuildType, query: BuildQuery, key = adminKey) => {
    const url = new URL(`/v1/apps/${to}/builds`, service)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
    const headers = { authorization: `Bearer ${key}`, 'content-type': mediaTypes[type] }
    return fetch(url, { method: 'POST', headers, body: new Uint8Array(file) })
  }

  return {
    async codeOf(trace) {
      const response = await ask('GET', `/v1/attestations/${trace}`)
      return response.ok ? ((await response.json()) as AttestationTrace).code : undefined
    },
    async retire(build) {
      await succeed('POST', `/v1/apps/${app}/builds/${build}/retire`)
    },
    async ban(audience, installation) {
      await succeed('POST', `/v1/apps/${app}/bans`, { audience, installation })
    },
    async allow(audience, key) {
      const expires_at = inSeconds(3600)
      return outcomeOfRequest(await ask('POST', `/v1/apps/${app}/allow`, { audience, key, expires_at }))
    },
    async banKey(key) {
      await succeed('POST', `/v1/apps/${app}/bans`, { key })
    },
    async forget(key) {
      await succeed('DELETE', `/v1/apps/${app}/installations/${key}`)
    },
    async admitForSupport(tiers) {
      await succeed('PATCH', `/v1/apps/${app}`, { let_through_tiers: tiers })
    },
    async support(of = app) {
      const input = { name: 'support', scope: 'support', apps: [of], let_through: true }
      const { secret } = (await succeed('POST', '/v1/keys', input)) as { secret: string }
      return {
        async ban({ app: at = of, ...body }) {
          return outcomeOfRequest(await ask('POST', `/v1/apps/${at}/bans`, body, secret))
        },
        async letThrough({ key, audience, trace }) {
          const body = { audience, trace, expires_at: inSeconds(3600) }
          return outcomeOfRequest(
            await ask('POST', `/v1/apps/${of}/installations/${key}/let-through`, body, secret),
          )
        },
      }
    },
    async registerApi(api) {
      return outcomeOfRequest(await ask('POST', '/v1/apis', api))
    },
    async developmentSecret(audience) {
      const development = true
      await ask('POST', '/v1/apps', { id: developmentApp, platform: 'node', development })
      await ask('POST', '/v1/apis', { audience, apps: [developmentApp], tiers: ['warning'], development })
      const created = await succeed('POST', '/v1/development-secrets', {
        app: developmentApp,
        name: 'developer',
      })
      return (created as { secret: string }).secret
    },
    async key(scope) {
      const created = await succeed('POST', '/v1/keys', { name: 'colleague', scope })
      return (created as { secret: string }).secret
    },
    async giveBootKeys(key) {
      const timestamp = Math.floor(Date.now() / 1000)
      const file = Buffer.from(JSON.stringify({ verifiedBootKeys: ['5e'.repeat(32)], timestamp }))
      const body = {
        file: file.toString('base64'),
        sha256: createHash('sha256').update(file).digest('hex'),
        source: 'https://example.org/attestation.json',
      }
      return outcomeOfRequest(await ask('PUT', '/v1/boot-keys/own-system', body, key))
    },
    async registrationKey(...apps) {
      const created = await succeed('POST', '/v1/keys', { name: 'pipeline', scope: 'registration', apps })
      return (created as { secret: string }).secret
    },
    async pipeline(...apps) {
      const addKey = async (key: object) => (await succeed('POST', '/v1/keys', key)) as { secret?: string }
      return createPipeline(service, apps, addKey)
    },
    async register(apk, { id, key, allowDebugSigner, firstDays } = {}) {
      const query: BuildQuery = {
        ...(id === undefined ? {} : { id }),
        ...(allowDebugSigner === true ? { allow_debug_signer: 'true' as const } : {}),
        ...(firstDays === undefined ? {} : { difference_until: inSeconds(firstDays) }),
      }
      return outcomeOfUpload(await upload(app, apk, 'apk', query, key))
    },
    async registerEntry(zip, { id, key }) {
      const query: BuildQuery = { id, version_code: '3', coverage: 'entry' }
      return outcomeOfUpload(await upload(webApp, zip, 'zip', query, key))
    },
    async addApp(input) {
      await succeed('POST', '/v1/apps', input)
    },
    async setMinimum(of, versionCode) {
      await succeed('PATCH', `/v1/apps/${of}`, { min_version_code: versionCode })
    },
    async addApi(input) {
      await succeed('POST', '/v1/apis', input)
    },
    async putPolicy(id, document) {
      await succeed('PUT', `/v1/policies/${id}`, document)
    },
    async putDeviceCheckKey(of, key) {
      await succeed('PUT', `/v1/apps/${of}/devicecheck-key`, key)
    },
    async putPlayIntegrityKeys(of, keys) {
      await succeed('PUT', `/v1/apps/${of}/play-integrity-keys`, keys)
    },
    async addBuild(to, file, type, query) {
      return (await answered(`build of ${to}`, await upload(to, file, type, query))) as Build
    },
  }
}

/** RFC 3339, in whole seconds. */
const inSeconds = (seconds: number) =>
  new Date((Math.floor(Date.now() / 1000) + seconds) * 1000).toISOString()

async function answered(what: string, response: Response): Promise<unknown> {
  const text = await response.text()
  if (!response.ok) throw new Error(`the stage could not be set: ${what}: ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

/** The code of the first member that is wrong, or of the problem. */
async function outcomeOfRequest(response: Response): Promise<Outcome> {
  if (response.ok) return served(response.status)
  const { code, errors } = (await response.json()) as { code: string; errors?: { code: string }[] }
  return refused(response.status, errors?.[0]?.code ?? code)
}

/** The reader's own code for a file that cannot be registered. */
async function outcomeOfUpload(response: Response): Promise<Outcome> {
  const body = (await response.json()) as { code?: string; reason?: string }
  return response.ok ? served(response.status) : refused(response.status, body.reason ?? body.code ?? '')
}
