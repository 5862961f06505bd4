import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createHash } from 'node:crypto'
import { afterEach, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'
import { addBuild, registerWebApp, scripts, webApp } from '../support/web-app.ts'

let service: ServiceUnderTest | undefined
afterEach(async () => {
  await service?.close()
  service = undefined
})

/** An answer holds for a second. */
const readiness = async ({ call }: ServiceUnderTest) => {
  await new Promise((resolve) => setTimeout(resolve, 1_050))
  const { status, json } = await call('GET', '/readyz', { key: null })
  return status === 200 ? 'ready' : (json as { reason?: string }).reason
}

it('is not ready while a segment of a build is missing or cut, and names it', async () => {
  service = await runService()
  await registerWebApp(service)
  expect(await readiness(service)).toBe('ready')
  const sha256 = createHash('sha256').update(scripts['vendor/lib.js']).digest('hex')
  const file = path.join(service.config.dataFolder, 'blobs', sha256.slice(0, 2), sha256)
  const bytes = await readFile(file)
  await rm(file)
  expect(await readiness(service)).toBe('STORAGE_BLOB_MISSING')
  await writeFile(file, bytes)
  expect(await readiness(service)).toBe('ready')
  await truncate(file, bytes.length - 1)
  expect(await readiness(service)).toBe('STORAGE_BLOB_LENGTH')
  await service.call('POST', `/v1/apps/${webApp}/builds/1/retire`)
  expect(await readiness(service)).toBe('ready')
})

it('each call checks some of many builds, and remembers what was missing', async () => {
  service = await runService()
  await registerWebApp(service)
  const many = Object.fromEntries(
    Array.from({ length: 600 }, (_, i) => [`s${String(i).padStart(3, '0')}.js`, Buffer.from(`${i}\n`)]),
  )
  await addBuild(service, 'many', many)
  const sha256 = createHash('sha256').update('599\n').digest('hex')
  await rm(path.join(service.config.dataFolder, 'blobs', sha256.slice(0, 2), sha256))
  const seen = []
  for (let i = 0; i < 5; i += 1) seen.push(await readiness(service))
  const first = seen.indexOf('STORAGE_BLOB_MISSING')
  expect(first).toBeGreaterThan(0)
  expect(new Set(seen.slice(first))).toEqual(new Set(['STORAGE_BLOB_MISSING']))
})
