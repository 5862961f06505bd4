import { mediaTypes } from '@assay/protocol'
import type { CreatedApiKey } from '@assay/protocol/schemas'
import { expect, it } from 'vitest'
import { imageOf, measure, signed } from '../support/device.ts'
import { runService } from '../support/running-service.ts'
import { attestation, challenge, registerWebApp, scripts, webApp, webDevice } from '../support/web-app.ts'
import { zipOf } from '../support/zip-file.ts'

it('the log of a whole run holds no token, key, challenge, plan, evidence or client data', async () => {
  const service = await runService({ logLevel: 'debug' })
  const secrets: string[] = [service.adminKey, Buffer.from(service.config.sealingKey).toString('hex')]
  await registerWebApp(service)
  const created = (await service.call('POST', '/v1/keys', { body: { name: 'n', scope: 'admin' } }))
    .json as CreatedApiKey
  secrets.push(created.secret)

  const device = webDevice()
  const good = await attestation(service, device)
  secrets.push(
    ...good.tokens.map(({ token }) => token),
    device.key.thumbprint,
    device.key.jwk.x,
    device.key.jwk.y,
  )

  const patched = webDevice({
    image: imageOf({ ...scripts, 'app.js': Buffer.alloc(scripts['app.js'].length) }),
  })
  const issued = await challenge(service, patched)
  const clientData = await measure(patched, issued)
  const item = { format: 'made-up', proof: 'c2VjcmV0LWV2aWRlbmNlLWJ5dGVz' }
  for (const body of [
    signed(patched.key, clientData),
    signed(patched.key, { ...clientData, evidence: ['made-up'] }, [item]),
    { ...signed(patched.key, clientData), signature: 'A'.repeat(86) },
    signed(patched.key, 'no JSON at all, but secret-client-data-0123456789'),
  ]) {
    await service.call('POST', '/v1/attestations', { body, key: null })
    secrets.push(body.client_data, body.signature)
  }
  secrets.push(
    issued.attestation_challenge,
    issued.plan as string,
    item.proof,
    clientData.measurement.response,
    'secret-client-data',
  )
  secrets.push(...Object.values(clientData.measurement.tags))

  const headers = {
    'oauth-client-attestation': good.tokens[0]?.token ?? '',
    dpop: 'cHJvb2Ytb2YtcG9zc2Vzc2lvbg',
  }
  secrets.push('cHJvb2Ytb2YtcG9zc2Vzc2lvbg', 'query-secret-value', 'path-secret-value')
  await service.call('GET', '/v1/apps/path-secret-value?x=query-secret-value', { headers })
  await service.call('GET', '/v1/path-secret-value', { key: `${service.adminKey}x` })
  await service.call('POST', '/v1/apps', {
    body: '{"secret-client-data',
    headers: { 'content-type': mediaTypes.json },
  })
  await service.call('POST', `/v1/apps/${webApp}/builds?id=bad`, {
    body: zipOf({ '../path-secret-value.js': Buffer.from('secret-client-data') }),
    headers: { 'content-type': mediaTypes.zip },
  })
  await service.close()

  const log = service.log()
  expect(log.split('\n').length).toBeGreaterThan(15)
  expect(log).toContain('"route":"/v1/attestations"')
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(10)
    expect(log).not.toContain(secret)
  }
  for (const line of log.trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow()
})
