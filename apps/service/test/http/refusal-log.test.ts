import { expect, it } from 'vitest'
import { challengeBody, measure, signed } from '../support/device.ts'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'
import { challenge, registerWebApp, webApp, webDevice } from '../support/web-app.ts'

const refusals = (service: ServiceUnderTest) =>
  service
    .log()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === 'refused')

it('refusals are logged with code, app and build where these are registered, and names of strangers are not', async () => {
  const service = await runService({ logLevel: 'info' })
  try {
    await registerWebApp(service)
    const ask = (more: object) =>
      service.call('POST', '/v1/challenges', { body: { ...challengeBody(webDevice()), ...more }, key: null })
    await ask({ app: 'com.stranger.app' })
    await ask({ build: 'strange-build' })
    await ask({ audiences: ['https://stranger.example'] })
    const device = webDevice()
    const clientData = await measure(device, await challenge(service, device))
    const probed = signed(device.key, { ...clientData, probes: { 'js.natives': true } })
    await service.call('POST', '/v1/attestations', { body: probed, key: null })
    expect(refusals(service)).toMatchObject([
      { code: 'app_not_registered', req: { route: '/v1/challenges' }, res: { statusCode: 403 } },
      { code: 'build_not_registered', app: webApp },
      { code: 'audience_not_registered', app: webApp, build: '1' },
      { code: 'attestation_denied', app: webApp, build: '1', refusal: 'SOFTWARE_PROBES' },
    ])
    expect(service.log()).not.toContain('strange')
  } finally {
    await service.close()
  }
})

it('a flood is logged as a sample, which says how many refusals were left out', async () => {
  const service = await runService({ logLevel: 'info' })
  try {
    for (let i = 0; i < 25; i++) await service.call('POST', '/v1/challenges', { body: {}, key: null })
    expect(refusals(service)).toHaveLength(10)
    service.advance(60_000)
    await service.call('POST', '/v1/challenges', { body: {}, key: null })
    expect(refusals(service).at(-1)).toMatchObject({ code: 'request_invalid', leftOut: 15 })
    // Another code has a sample of its own.
    await service.call('GET', '/v1/apps', { key: null })
    expect(refusals(service).at(-1)).toMatchObject({ code: 'unauthorized' })
    expect(service.log()).not.toContain('"answered"')
  } finally {
    await service.close()
  }
})
