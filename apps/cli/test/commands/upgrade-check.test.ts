import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cli } from '../fake-service.ts'
import { realService, type RealService } from '../real-service/a-real-service.ts'

let service: RealService
beforeAll(async () => {
  service = await realService()
})
afterAll(() => service.close())

test('upgrade-check reads the store of a running service, which has every step', async () => {
  const checked = await service.assay(['upgrade-check', '--json'])
  expect(checked.status, checked.stderr).toBe(0)
  expect(JSON.parse(checked.stdout)).toEqual({ version: expect.stringMatching(/^\d/), steps: [] })
})

test('upgrade-check makes no store where there is none', async () => {
  const data = path.join(service.folder, 'nowhere')
  expect((await cli(['upgrade-check', '--data', data])).stderr).toContain('[CLI_FILE_UNREADABLE]')
  const byVariable = await cli(['upgrade-check'], { ASSAY_DATA: data })
  expect(byVariable).toMatchObject({ status: 2, stderr: expect.stringContaining('(STORAGE_UNAVAILABLE)') })
})

test('status shows the version of the running service, and whose key asked', async () => {
  const { stdout } = await service.assay(['status'])
  expect(stdout).toMatch(/^version +\d+\.\d+\.\d+/)
  expect(stdout).toMatch(/^this key +first admin key \(admin, /m)
  expect(stdout).not.toContain('takes no writes')
})
