import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import {
  bindingInput,
  decodeCompactJws,
  mediaTypes,
  utf8,
  type AttestationRequest,
  type AttestationResponse,
  type ChallengeResponse,
  type EvidencePurpose,
  type EvidenceItem,
  type ProblemDocument,
} from '@assay/protocol'
import type { App, AttestationTrace, Build } from '@assay/protocol/schemas'
import {
  apkCodeImage,
  buildIpa,
  createApkSigner,
  createAppleCa,
  createGoogleCa,
  createAppleMock,
  createGoogleMock,
  createGooglePlay,
  fetchApk,
  newServiceAccount,
  publishedApks,
  rebuildApk,
  testVendors,
  type AndroidApp,
  type AndroidPhone,
  type Iphone,
} from '@assay/testkit'
import type { ServiceConfig } from '../../../src/index.ts'
import { presetDocuments } from '../../schemes.ts'
import { challengeBody, imageOf, makeKey, measure, signed, type TestDevice } from '../../support/device.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'

export const audience = 'https://api.example.com'
export const androidId = publishedApks.apiDemos.applicationId
export const appId = 'ABCDE12345.com.example.phone'
export const iosId = 'com.example.phone'
const apkCache = path.join(os.tmpdir(), 'assay-apks')
const scripts = { 'www/app.js': Buffer.from(`export const app = ${JSON.stringify('a'.repeat(6000))}\n`) }

export type PhoneWorld = Awaited<ReturnType<typeof createPhoneWorld>>

/**
 * A service that takes Apple and Google of our own for the real ones, an Android and an iOS app, and an API for both.
 */
export async function createPhoneWorld(api: object = {}, more: Partial<ServiceConfig> = {}) {
  const running: { service?: ServiceUnderTest } = {}
  const now = () => running.service?.config.clock?.() ?? Date.now()
  const apple = createAppleCa({ now })
  const google = createGoogleCa({ now })
  const play = createGooglePlay({ now })
  const mock = await createGoogleMock({ play })
  const appleMock = await createAppleMock({ apple })
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-phones-'))
  const googleCredentials = path.join(folder, 'account.json')
  await writeFile(googleCredentials, newServiceAccount())
  const service = await runService({
    vendors: { test: testVendors({ apple, google, mock, appleMock }), googleCredentials },
    ...more,
  })
  running.service = service
  const signer = await createApkSigner('Example')
  const apk = await rebuildApk(
    await readFile(await fetchApk(publishedApks.apiDemos, apkCache)),
    { variant: 'release' },
    signer,
  )
  const ipa = (bundleVersion: string) => buildIpa({ bundleId: iosId, bundleVersion, files: scripts })
  await must(service, 'POST', '/v1/apps', {
    body: {
      id: androidId,
      platform: 'android',
      evidence: androidEvidence,
      optional_evidence: ['play_integrity'],
    },
  })
  await must(service, 'POST', '/v1/apps', {
    body: { id: iosId, platform: 'ios', evidence: { apple_app_attest: appleEvidence } },
  })
  await must(service, 'PUT', '/v1/policies/phones', { body: phonePolicy })
  await must(service, 'POST', '/v1/apis', {
    body: { audience, apps: [androidId, iosId], tiers: ['affirming'], policy: 'phones', ...api },
  })
  await must(service, 'PUT', `/v1/apps/${androidId}/play-integrity-keys`, { body: play.keys })
  const { version_code: versionCode } = await addBuild(service, androidId, apk, mediaTypes.apk)
  await addBuild(service, iosId, await ipa('7'), mediaTypes.ipa)
  await addBuild(service, iosId, await ipa('8'), mediaTypes.ipa, '2')

  const app: AndroidApp = {
    package: androidId,
    versionCode,
    signers: [signer.sha256],
  }
  const image = await apkCodeImage(apk)
  return {
    service,
    apple,
    google,
    play,
    mock,
    appleMock,
    apk,
    /** The Android app, as phones name it. */
    app,
    androidDevice: (): TestDevice => ({
      key: makeKey(),
      app: androidId,
      build: '1',
      audiences: [audience],
      image,
    }),
    iosDevice: (): TestDevice => ({
      key: makeKey(),
      app: iosId,
      build: '1',
      audiences: [audience],
      image: imageOf(scripts),
    }),
    async close() {
      await service.close()
      await mock.close()
      await appleMock.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** `balanced`, for apps that are registered without the SDK's manifest. */
export const phonePolicy = {
  ...presetDocuments.get('balanced'),
  rules: presetDocuments.get('balanced')?.rules.filter(({ reason }) => reason !== 'LIVE_CODE_NOT_COMPARED'),
}

export const androidEvidence = {
  android_key_attestation: { enrolments_per_day: { device: 2, batch: 3 } },
  play_integrity: { request: 'classic', calls_per_day: 100, max_age: 300 },
} satisfies App['evidence']

export const appleEvidence = {
  app_ids: [appId],
  environments: ['production' as const],
  system: 'ios' as const,
}

export async function must<Answered>(
  service: ServiceUnderTest,
  ...call: Parameters<ServiceUnderTest['call']>
): Promise<Answered> {
  const answer = await service.call(...call)
  if (answer.status >= 300) throw new Error(`${call[0]} ${call[1]}: ${answer.text}`)
  return answer.json
}

function addBuild(service: ServiceUnderTest, app: string, body: Buffer, type: string, id = '1') {
  return must<Build>(service, 'POST', `/v1/apps/${app}/builds?id=${id}`, {
    body,
    headers: { 'content-type': type },
  })
}

/** A piece of evidence that a phone, or anyone who speaks for it, sends for a binding. */
export interface Piece {
  format: string
  collect: (binding: string, challenge: ChallengeResponse) => EvidenceItem | Promise<EvidenceItem>
}

export const chain = (phone: Pick<AndroidPhone, 'attest'>): Piece => ({
  format: 'android-key-attestation',
  collect: (binding) => phone.attest(binding),
})

export const verdict = (phone: Pick<AndroidPhone, 'verdict'>): Piece => ({
  format: 'play-integrity',
  collect: (binding) => phone.verdict(binding),
})

export const attestation = (phone: Iphone): Piece => ({
  format: 'apple-app-attest',
  collect: (binding) => phone.attest(binding),
})

export const assertion = (phone: Iphone): Piece => ({
  format: 'apple-app-attest-assertion',
  collect: (binding) => phone.assert(binding),
})

interface ChallengeOptions {
  oneKey?: boolean
  purpose?: EvidencePurpose
}

export async function challengeOf(
  { service }: Pick<PhoneWorld, 'service'>,
  device: TestDevice,
  { oneKey = false, purpose = 'enrolment' }: ChallengeOptions = {},
): Promise<ChallengeResponse> {
  const { key, ...keyless } = challengeBody(device)
  const body = { ...keyless, ...(oneKey ? {} : { key }), purpose }
  return must(service, 'POST', '/v1/challenges', { body, key: null })
}

/** What the device answers to a challenge: measured, signed, and with what `pieces` give for its binding. */
export async function answerTo(
  challenge: ChallengeResponse,
  device: TestDevice,
  pieces: readonly Piece[],
): Promise<AttestationRequest> {
  const clientData = await measure(device, challenge)
  const text = JSON.stringify({ ...clientData, evidence: pieces.map(({ format }) => format) })
  const binding = createHash('sha256')
    .update(bindingInput(utf8(text)))
    .digest('base64url')
  const evidence = await Promise.all(pieces.map(async ({ collect }) => collect(binding, challenge)))
  return signed(device.key, text, evidence)
}

/** The whole handshake: `tokens`, or the operator's code of the denial, or the code of another problem. */
export async function attest(
  world: Pick<PhoneWorld, 'service'>,
  device: TestDevice,
  pieces: readonly Piece[],
  options?: { oneKey?: boolean },
): Promise<string> {
  return send(world, await answerTo(await challengeOf(world, device, options), device, pieces))
}

export async function send(
  { service }: Pick<PhoneWorld, 'service'>,
  body: AttestationRequest,
): Promise<string> {
  const answer = await service.call('POST', '/v1/attestations', { body, key: null })
  if (answer.status === 200) return 'tokens'
  const { trace, code } = answer.json as ProblemDocument
  if (code !== 'attestation_denied') return code
  return (await must<AttestationTrace>(service, 'GET', `/v1/attestations/${trace ?? ''}`)).code
}

/** The claims of the token that the handshake gives. */
export async function tokenOf(
  { service }: Pick<PhoneWorld, 'service'>,
  body: AttestationRequest,
): Promise<Record<string, unknown>> {
  const { tokens } = await must<AttestationResponse>(service, 'POST', '/v1/attestations', { body, key: null })
  return decodeCompactJws(tokens[0]?.token ?? '')?.payload ?? {}
}
