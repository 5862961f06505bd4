import { mediaTypes } from '@assay/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { zipOf } from '../../support/zip-file.ts'

let service: ServiceUnderTest
const app = 'com.example.web'
const headers = { 'content-type': mediaTypes.zip }

beforeAll(async () => {
  service = await runService()
  await service.call('POST', '/v1/apps', { body: { id: app, platform: 'web' } })
})
afterAll(() => service.close())

/** A quarter of a megabyte that unpacks to 240. */
const bomb = zipOf({ 'app.js': Buffer.alloc(240 * 1024 * 1024, 97) }, { deflate: true })

it('the service answers health checks while a file uses as much CPU as it can', async () => {
  let done = false
  const registering = service
    .call('POST', `/v1/apps/${app}/builds?id=bomb`, { body: bomb, headers })
    .finally(() => (done = true))
  let beside = 0
  while (!done) {
    expect((await service.call('GET', '/readyz', { key: null })).status).toBe(200)
    if (!done) beside += 1
  }
  await registering
  expect(beside).toBeGreaterThan(5)
})

it('a ZIP with the most possible entries is registered or refused, and health checks are answered meanwhile', async () => {
  const many = zipOf(
    Object.fromEntries(Array.from({ length: 65_535 }, (_, i) => [`${i}.css`, Buffer.from('a')])),
  )
  let done = false
  const registering = service
    .call('POST', `/v1/apps/${app}/builds?id=many`, { body: many, headers })
    .finally(() => (done = true))
  let beside = 0
  while (!done) {
    expect((await service.call('GET', '/livez', { key: null })).status).toBe(200)
    if (!done) beside += 1
  }
  expect((await registering).json).toMatchObject({ code: 'build_refused', reason: 'WEB_NO_SCRIPT' })
  expect(beside).toBeGreaterThan(0)
})
