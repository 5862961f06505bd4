import { mediaTypes } from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import { memoryImage } from '@assay/client'
import { buildIpa, writeZip } from '@assay/testkit'
import type { Release } from './installations.ts'
import { codeOf, type Answer, type Network } from './network.ts'

export const webApp = 'com.example.web'
export const audience = 'https://api.example.com'
/** Team id, a dot, bundle id. */
export const appId = 'ASSAY12345.com.example.ios'
export const iosApp = 'com.example.ios'

/** Sends the service a request of its administrator. */
export interface Operator {
  ask(method: string, path: string, body?: object): Promise<Answer>
  upload(app: string, id: string, file: Uint8Array, type?: 'zip' | 'ipa'): Promise<Answer>
}

export function createOperator(network: Network, url: string, key: string): Operator {
  return {
    ask: (method, path, body) =>
      network.send({
        method,
        url: url + path,
        key,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    upload: (app, id, file, type = 'zip') =>
      network.send({
        method: 'POST',
        url: `${url}/v1/apps/${app}/builds?id=${id}`,
        key,
        body: file,
        type: mediaTypes[type],
      }),
  }
}

/** Scripts of a web app; each `seed` makes a different build. */
export function scriptsOf(seed: string): { name: string; bytes: Buffer }[] {
  return [
    { name: 'app.js', bytes: Buffer.from(`export const app = ${JSON.stringify(seed.repeat(600))}\n`) },
    { name: 'lib.js', bytes: Buffer.from(`export const lib = ${JSON.stringify(`${seed}/`.repeat(900))}\n`) },
  ]
}

export function zipOf(scripts: ReturnType<typeof scriptsOf>): Promise<Buffer> {
  return writeZip(scripts.map(({ name, bytes }) => ({ name, content: bytes, stored: false })))
}

export function webRelease(build: string, seed = build): Release {
  const segments = scriptsOf(seed).map((each) => ({ ...each, kind: 'script' as const }))
  return { app: webApp, build, audiences: [audience], image: memoryImage(segments) }
}

/** A policy that gives measured code alone this tier. */
export const policyOf = (tier: 'affirming' | 'warning'): object => ({
  required: [{ claim: 'evidence.software.measured', one_of: [true] }],
  rules: [{ when: 'true', tier }],
})

/** A web app and an iOS app with one build each, and the API that both may call. */
export async function registerApps(operator: Operator): Promise<{ web: Release; ios: Release }> {
  await succeed(operator.ask('POST', '/v1/apps', { id: webApp, platform: 'web' }))
  const evidence = { apple_app_attest: { app_ids: [appId], environments: ['production'], system: 'ios' } }
  await succeed(operator.ask('POST', '/v1/apps', { id: iosApp, platform: 'ios', evidence }))
  const api = { audience, apps: [webApp, iosApp], tiers: ['affirming', 'warning'] }
  await succeed(operator.ask('POST', '/v1/apis', api))
  await succeed(operator.upload(webApp, '1', await zipOf(scriptsOf('1'))))
  return { web: webRelease('1'), ios: await registerIos(operator) }
}

async function registerIos(operator: Operator): Promise<Release> {
  const bundle = Buffer.from(Array.from({ length: 400 }, (_, i) => `globalThis.item${i} = ${i}\n`).join(''))
  const ipa = await buildIpa({ bundleId: iosApp, bundleVersion: '1', files: { 'main.jsbundle': bundle } })
  const added = await succeed(operator.upload(iosApp, '1', ipa, 'ipa'))
  const segments = [{ name: 'main.jsbundle', kind: 'script' as const, bytes: bundle }]
  return { app: iosApp, build: (added.body as Build).id, audiences: [audience], image: memoryImage(segments) }
}

/** @throws Error unless the request succeeded */
export async function succeed(asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked
  if (answer.status < 200 || answer.status > 299)
    throw new Error(`the stage could not be set: ${answer.status} ${codeOf(answer) ?? answer.fault ?? ''}`)
  return answer
}
