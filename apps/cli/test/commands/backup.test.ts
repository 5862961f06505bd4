import { rmSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cli } from '../fake-service.ts'
import { realService, type RealService } from '../real-service/a-real-service.ts'

let service: RealService

beforeAll(async () => {
  service = await realService()
})
afterAll(() => service.close())

test('a backup is made while the service serves, checked, and restored into a fresh folder', async () => {
  expect((await service.assay(['app', 'add', 'com.example.web', '--platform', 'web'])).status).toBe(0)
  const backup = path.join(service.folder, 'backup')
  const made = await service.assay(['backup', backup])
  expect(made.status).toBe(0)
  expect(made.stderr).toContain('sealing.key')
  expect((await service.assay(['restore', backup, '--check'])).stdout).toContain('all whole')
  const over = await service.assay(['restore', backup])
  expect(over.stderr).toContain('(STORAGE_EXISTS) [CLI_BACKUP]')
  const data = path.join(service.folder, 'restored')
  expect((await service.assay(['restore', backup, '--data', data])).status).toBe(0)
  rmSync(path.join(backup, 'assay.sqlite'))
  const cut = await service.assay(['restore', backup, '--data', path.join(service.folder, 'other')])
  expect(cut.stderr).toContain('assay.sqlite cannot be read (STORAGE_BACKUP_INCOMPLETE) [CLI_BACKUP]')
})

test('PostgreSQL is backed up by its own tool', async () => {
  const refused = await cli(['backup', 'x'], { ASSAY_POSTGRES: 'postgres://127.0.0.1/assay' })
  expect(refused.stderr).toContain('pg_dump')
})
