import { createHash } from 'node:crypto'
import { memoryImage } from '@assay/client'
import { bindingInput, mediaTypes, paths, type ChallengeResponse, type ClientData } from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import {
  buildIpa,
  createSoftwareKey,
  namedPlan,
  signAttestation,
  type Iphone,
  type PhoneVendors,
  type SoftwareKey,
} from '@assay/testkit'
import { createMeasure } from '../attest/installations.ts'
import type { Post } from '../attest/connections.ts'
import { bodyOf } from '../worst-case/register-apps.ts'

export const iosApp = 'com.example.ios'
export const audience = 'https://api.example.com'
const appId = `ASSAY12345.${iosApp}`
const bundle = Buffer.from('globalThis.item = 1\n'.repeat(400))

/** An app on an iPhone; with its App Attest key once it has enrolled. */
export interface Installed {
  readonly key: SoftwareKey
  readonly phone: Iphone
  /** What the app calls its user. */
  readonly reference: string | undefined
}

export interface Iphones {
  install(reference?: string): Installed
  /**
   * A whole exchange: an enrolment if it is the first, else a refresh.
   *
   * @returns milliseconds that the device waits for the service
   */
  attest(installed: Installed, url: string): Promise<number>
  /** The API's id of the installation that attested last. */
  lastName(): string
}

/** Registers an iOS app with App Attest, which may say what it calls its users. */
export async function registerIosApp(url: string, adminKey: string, references: boolean): Promise<string> {
  const send = async (to: string, type: string, body: string | Buffer) => {
    const headers = { authorization: `Bearer ${adminKey}`, 'content-type': type }
    const response = await fetch(url + to, { method: 'POST', headers, body: bodyOf(body) })
    if (!response.ok) throw new Error(`${to} was answered by ${response.status}: ${await response.text()}`)
    return (await response.json()) as unknown
  }
  const evidence = { apple_app_attest: { app_ids: [appId], environments: ['production'], system: 'ios' } }
  await send(
    '/v1/apps',
    mediaTypes.json,
    JSON.stringify({ id: iosApp, platform: 'ios', evidence, references }),
  )
  const api = { audience, apps: [iosApp], tiers: ['affirming', 'warning'] }
  await send('/v1/apis', mediaTypes.json, JSON.stringify(api))
  const ipa = await buildIpa({ bundleId: iosApp, bundleVersion: '1', files: { 'main.jsbundle': bundle } })
  return ((await send(`/v1/apps/${iosApp}/builds`, mediaTypes.ipa, ipa)) as Build).id
}

/** iPhones with a build of the app, which send what its SDK sends. */
export function createIphones(vendors: PhoneVendors, build: string, post: Post): Iphones {
  const phones = vendors.phones({ package: iosApp, versionCode: 1, signers: [] }, appId)
  const image = memoryImage([{ name: 'main.jsbundle', kind: 'script', bytes: bundle }])
  const common = { app: iosApp, build, sdk: 'bench/1', audiences: [audience] }
  const sample: ClientData = {
    ...{ v: 1, ...common, challenge: '', key: createSoftwareKey().publicJwk },
    ...{ measurement: { response: '', tags: {} }, probes: {}, evidence: [] },
  }
  const measure = createMeasure({ image, clientData: sample })
  let tokens = ''
  return {
    install: (reference) => ({ key: createSoftwareKey(), phone: phones.iphone(), reference }),
    async attest({ key, phone, reference }, url) {
      const isRefresh = phone.key !== undefined
      const purpose = isRefresh ? 'refresh' : 'enrolment'
      const asking = JSON.stringify({ ...common, key: key.thumbprint, purpose, plan: '' })
      const begun = performance.now()
      const challenged = await post(url + paths.challenges, asking)
      const waited = performance.now() - begun
      const { attestation_challenge: challenge, plan = '' } = JSON.parse(challenged) as ChallengeResponse
      const clientData = {
        ...sample,
        ...{ challenge, ...namedPlan(plan), key: key.publicJwk, measurement: await measure(plan, challenge) },
        evidence: [isRefresh ? 'apple-app-attest-assertion' : 'apple-app-attest'],
        ...(reference !== undefined && { reference }),
      }
      const bytes = Buffer.from(JSON.stringify(clientData))
      const binding = createHash('sha256').update(bindingInput(bytes)).digest('base64url')
      const item = isRefresh ? phone.assert(binding) : phone.attest(binding)
      const answer = JSON.stringify(signAttestation(bytes, key, [item]))
      const sent = performance.now()
      tokens = await post(url + paths.attestations, answer)
      return waited + performance.now() - sent
    },
    lastName() {
      const { tokens: all } = JSON.parse(tokens) as { tokens: { token: string }[] }
      const payload = Buffer.from(all[0]?.token.split('.')[1] ?? '', 'base64url').toString()
      return (JSON.parse(payload) as { installation: string }).installation
    },
  }
}
