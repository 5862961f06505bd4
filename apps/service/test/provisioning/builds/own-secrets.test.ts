import { mediaTypes } from '@assay/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { registerWebApp, webApp } from '../../support/web-app.ts'
import { zipOf } from '../../support/zip-file.ts'

let service: ServiceUnderTest
beforeAll(async () => {
  service = await runService()
  await registerWebApp(service)
})
afterAll(() => service.close())

it.each(['assay_', 'assaydev_'])('a build whose code holds a secret %s is refused', async (prefix) => {
  const code = `connect("${prefix}${'Ab3_-'.repeat(8)}xYz")`.padStart(300_000)
  const add = async (files: Readonly<Record<string, Uint8Array>>) =>
    service.call('POST', `/v1/apps/${webApp}/builds?id=${prefix}`, {
      body: zipOf(files),
      headers: { 'content-type': mediaTypes.zip },
    })
  const refused = await add({ 'a.js': Buffer.from('1'), 'app.js': Buffer.from(code) })
  expect(refused).toMatchObject({
    status: 422,
    json: { code: 'build_refused', reason: 'BUILD_HOLDS_SECRET', file: 'app.js' },
  })
  expect(refused.text).not.toContain('Ab3_')
  expect((await service.call('GET', `/v1/apps/${webApp}/builds/${prefix}`)).status).toBe(404)
  expect((await add({ 'app.js': Buffer.from(`connect(${prefix}key)`.padStart(300_000)) })).status).toBe(201)
})

it('a secret in a service worker, which is not measured, is refused, too', async () => {
  const worker = Buffer.from(`const key = "assaydev_${'Ab3_-'.repeat(8)}xYz"`)
  const refused = await service.call('POST', `/v1/apps/${webApp}/builds?id=worker`, {
    body: zipOf({
      'app.js': Buffer.from('navigator.serviceWorker.register("/sw.js")'),
      'sw.js': worker,
      'assay-build.json': Buffer.from('{"build":"worker","files":["app.js"],"serviceWorkers":["sw.js"]}'),
    }),
    headers: { 'content-type': mediaTypes.zip },
  })
  expect(refused).toMatchObject({
    status: 422,
    json: { code: 'build_refused', reason: 'BUILD_HOLDS_SECRET', file: 'sw.js' },
  })
})
