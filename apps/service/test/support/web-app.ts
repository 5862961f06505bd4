import { setTimeout as wait } from 'node:timers/promises'
import { mediaTypes, type AttestationResponse, type ChallengeResponse } from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import { challengeBody, imageOf, makeKey, measure, signed, type TestDevice } from './device.ts'
import type { ServiceUnderTest } from './running-service.ts'
import { zipOf } from './zip-file.ts'

export const audience = 'https://api.example.com'
export const webApp = 'com.example.web'

/** Two scripts of a few kilobytes. */
export const scripts = {
  'app.js': Buffer.from(`export const app = ${JSON.stringify('a'.repeat(6000))}\n`),
  'vendor/lib.js': Buffer.from(`export const lib = ${JSON.stringify('b'.repeat(9000))}\n`),
}

/** Registers a web build. */
export async function addBuild(
  service: ServiceUnderTest,
  id: string,
  files: Readonly<Record<string, Uint8Array>> = scripts,
  query = '',
): Promise<Build> {
  const answer = await service.call('POST', `/v1/apps/${webApp}/builds?id=${id}${query}`, {
    body: zipOf(files),
    headers: { 'content-type': mediaTypes.zip },
  })
  if (answer.status !== 201) throw new Error(`the build was not registered: ${answer.text}`)
  return answer.json
}

/** An app, an API that accepts `warning`, and build `1`. */
export async function registerWebApp(service: ServiceUnderTest, api: object = {}): Promise<void> {
  await service.call('POST', '/v1/apps', { body: { id: webApp, platform: 'web' } })
  const added = await service.call('POST', '/v1/apis', {
    body: { audience, apps: [webApp], tiers: ['affirming', 'warning'], ...api },
  })
  if (added.status !== 201) throw new Error(`the API was not registered: ${added.text}`)
  await addBuild(service, '1')
}

export function webDevice(more: Partial<TestDevice> = {}): TestDevice {
  return {
    key: makeKey(),
    app: webApp,
    build: '1',
    audiences: [audience],
    image: imageOf(scripts),
    ...more,
  }
}

export async function challenge(service: ServiceUnderTest, device: TestDevice): Promise<ChallengeResponse> {
  const answer = await service.call('POST', '/v1/challenges', { body: challengeBody(device), key: null })
  if (answer.status !== 200) throw new Error(`no challenge: ${answer.text}`)
  return answer.json
}

/** The whole handshake of a genuine device. */
export async function attestation(
  service: ServiceUnderTest,
  device: TestDevice,
): Promise<AttestationResponse> {
  const clientData = await measure(device, await challenge(service, device))
  const answer = await service.call('POST', '/v1/attestations', {
    body: signed(device.key, clientData),
    key: null,
  })
  if (answer.status !== 200) throw new Error(`no tokens: ${answer.text}`)
  return answer.json
}

/**
 * Asks as an SDK does: one of several nodes that the machine has kept from learning of changes for a while says 503, and is asked
 * again.
 */
export async function served<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask()
    } catch (error) {
      if (tries === 600 || !String(error).includes('temporarily_unavailable')) throw error
      await wait(100)
    }
  }
}
