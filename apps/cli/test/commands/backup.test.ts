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
  const over = await service.assay(['restore', backup, '--yes'])
  expect(over.stderr).toContain('(STORAGE_EXISTS) [CLI_BACKUP]')
  const data = path.join(service.folder, 'restored')
  expect((await service.assay(['restore', backup, '--data', data, '--yes'])).status).toBe(0)
  rmSync(path.join(backup, 'assay.sqlite'))
  const cut = await service.assay(['restore', backup, '--data', path.join(service.folder, 'other'), '--yes'])
  expect(cut.stderr).toContain('assay.sqlite cannot be read (STORAGE_BACKUP_INCOMPLETE) [CLI_BACKUP]')
})

test('a restore lists what it brings back, asks, and revokes all keys but a new one', async () => {
  const backup = path.join(service.folder, 'incident')
  expect((await service.assay(['backup', backup])).status).toBe(0)
  const data = path.join(service.folder, 'asked')
  const restoring = ['restore', backup, '--data', data]
  const refused = await service.assay(restoring, { stdin: 'n\n', isTTY: true })
  expect(refused.stderr).toContain('[CLI_NOT_CONFIRMED]')
  expect(refused.stderr).toMatch(/active builds +none/)
  expect(refused.stderr).toMatch(/API keys +1: .*\(admin\)/)
  expect(refused.stderr).toContain('and revoke all of its API keys?')
  expect((await service.assay(restoring)).stderr).toContain('[CLI_NOT_CONFIRMED]')
  const older = await service.assay([...restoring, '--yes', '--known-head', `99:${'A'.repeat(43)}`])
  expect(older.stderr).toContain('(STORAGE_BACKUP_OLDER) [CLI_BACKUP]')
  expect((await service.assay([...restoring, '--yes', '--known-head', '1'])).stderr).toContain('[CLI_USAGE]')
  const done = await service.assay(restoring, { stdin: 'y\n', isTTY: true })
  expect(done.stdout).toMatch(/revoked keys +1\nadmin key +assay_/)
})

test('PostgreSQL is backed up by its own tool', async () => {
  const refused = await cli(['backup', 'x'], { ASSAY_POSTGRES: 'postgres://127.0.0.1/assay' })
  expect(refused.stderr).toContain('pg_dump')
})
