import { fork, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { mediaTypes } from '@assay/protocol'
import { fixedBytes } from '@assay/testkit/fixed'
import { Sqlite } from '../../src/storage/database/sqlite-driver.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backUp, checkBackup, initialise, restore, startService } from '../../src/index.ts'
import { zipOf } from '../support/zip-file.ts'

const sealingKey = fixedBytes('sealing key', 32)
const incidentApi = 'https://incident.example.com'
const script = path.join(import.meta.dirname, '../support/service-process.mjs')
let folder: string
let key: string
let child: ChildProcess
let url: string

const data = () => path.join(folder, 'data')

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'assay-backup-test-'))
  key = (await initialise({ dataFolder: data(), sealingKey }))?.secret ?? ''
  const config = {
    dataFolder: data(),
    sealingKey: sealingKey.toString('hex'),
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
  }
  child = fork(script, [JSON.stringify(config)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  ;[{ url }] = (await once(child, 'message')) as [{ url: string }]
})
afterAll(async () => {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
  rmSync(folder, { recursive: true, force: true })
})

const send = async (at: string, method: string, target: string, body?: Uint8Array | object) => {
  const response = await fetch(at + target, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': body instanceof Uint8Array ? mediaTypes.zip : mediaTypes.json,
    },
    ...(body === undefined ? {} : { body: body instanceof Uint8Array ? body : JSON.stringify(body) }),
  } as RequestInit)
  return { status: response.status, json: (await response.json().catch(() => undefined)) as never }
}

it('leaves the lists of vendors behind: restored later, they would take back what was revoked since', async () => {
  const source = new Sqlite(path.join(data(), 'assay.sqlite'))
  const kept = Buffer.from('a list of a vendor')
  source.prepare("insert into vendor_lists values ('https://vendor.example', null, 1, '', ?, '')").run(kept)
  const backup = path.join(folder, 'without-lists')
  await backUp(data(), backup, sealingKey)
  expect(source.prepare('delete from vendor_lists').run().changes).toBe(1)
  source.close()
  expect(readFileSync(path.join(backup, 'assay.sqlite')).includes(kept)).toBe(false)
  await checkBackup(backup, { sealingKey })
})

const buildOf = (name: string) =>
  zipOf({ 'app.js': Buffer.from(`export const app = '${name.repeat(500)}'\n`) })

/** Registers apps and builds, one after the other, until it must stop. */
function writeLoad() {
  const acknowledged: string[] = []
  let stopped = false
  const ended = (async () => {
    for (let i = 0; !stopped; i += 1) {
      const app = `com.example.load${i}`
      expect((await send(url, 'POST', '/v1/apps', { id: app, platform: 'web' })).status).toBe(201)
      expect((await send(url, 'POST', `/v1/apps/${app}/builds?id=1`, buildOf(app))).status).toBe(201)
      acknowledged.push(app)
    }
  })()
  return { acknowledged, stop: () => ((stopped = true), ended) }
}

it('a backup made under write load is restored whole, and served from', async () => {
  const load = writeLoad()
  while (load.acknowledged.length < 3) await new Promise((resolve) => setTimeout(resolve, 20))
  const before = [...load.acknowledged]
  const backup = path.join(folder, 'under-load')
  const { recorded, ...made } = await backUp(data(), backup, sealingKey)
  expect(recorded).toBe(true)
  await load.stop()
  expect(load.acknowledged.length).toBeGreaterThan(before.length)

  const restored = path.join(folder, 'restored')
  expect(await restore(backup, restored, { sealingKey, keepKeys: true })).toEqual({
    ...made,
    adminKey: undefined,
    revoked: 0,
  })
  const config = { dataFolder: restored, sealingKey, host: '127.0.0.1', port: 0, logLevel: 'silent' as const }
  const service = await startService(config)
  try {
    for (const app of before) {
      const { json } = await send(service.url, 'GET', `/v1/apps/${app}/builds/1`)
      expect(json).toMatchObject({ app, state: 'active' })
    }
    const { keys } = (await (await fetch(`${service.url}/.well-known/jwks.json`)).json()) as {
      keys: object[]
    }
    expect(await (await fetch(`${url}/.well-known/jwks.json`)).json()).toEqual({ keys })
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200)
  } finally {
    await service.close()
  }
})

describe('into a folder that is there, as a volume is', () => {
  it('the backup is restored without replacing the folder, which can be written', async () => {
    const backup = path.join(folder, 'kept')
    await backUp(data(), backup, sealingKey)
    for (const name of readdirSync(backup, { recursive: true, encoding: 'utf8' }))
      chmodSync(path.join(backup, name), statSync(path.join(backup, name)).isDirectory() ? 0o500 : 0o400)
    const volume = path.join(folder, 'volume')
    mkdirSync(volume)
    const { ino } = statSync(volume)
    await restore(backup, volume, { sealingKey, keepKeys: true })
    expect(statSync(volume).ino).toBe(ino)
    expect(readdirSync(volume).sort()).toEqual(
      ['assay.sqlite', 'blobs', 'store-id'].filter((name) => existsSync(path.join(backup, name))),
    )
    expect(statSync(path.join(volume, 'assay.sqlite')).mode & 0o777).toBe(0o600)
    const config = { dataFolder: volume, sealingKey, host: '127.0.0.1', port: 0, logLevel: 'silent' as const }
    await (await startService(config)).close()
  })

  it('a failed restore leaves the folder empty', async () => {
    const backup = path.join(folder, 'cut')
    await backUp(data(), backup, sealingKey)
    truncateSync(path.join(backup, 'assay.sqlite'), 4096)
    const volume = path.join(folder, 'empty')
    mkdirSync(volume)
    await expect(restore(backup, volume, { sealingKey, keepKeys: true })).rejects.toMatchObject({
      code: 'STORAGE_BACKUP_INCOMPLETE',
    })
    expect(readdirSync(volume)).toEqual([])
  })
})

describe('refused before anything is touched', () => {
  let whole: string
  let copies = 0

  beforeAll(async () => {
    await send(url, 'POST', '/v1/apps', { id: 'com.example.app', platform: 'web' })
    await send(url, 'POST', '/v1/apps/com.example.app/builds?id=1', buildOf('app'))
    whole = path.join(folder, 'whole')
    await backUp(data(), whole, sealingKey)
  })

  const spoilt = (spoil: (backup: string) => void) => {
    const copy = path.join(folder, `copy${++copies}`)
    cpSync(whole, copy, { recursive: true })
    spoil(copy)
    return copy
  }
  const blobOf = (backup: string) => {
    const { files } = JSON.parse(readFileSync(path.join(backup, 'backup.json'), 'utf8')) as {
      files: { path: string }[]
    }
    return path.join(backup, files.find((file) => file.path.startsWith('blobs/'))?.path as string)
  }
  const edit = (backup: string, change: (manifest: Record<string, unknown>) => object) => {
    const file = path.join(backup, 'backup.json')
    writeFileSync(
      file,
      JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)),
    )
  }

  /** As somebody does who can write to where backups are kept: the digests fit. */
  const change = (backup: string, statement: string) => {
    const file = path.join(backup, 'assay.sqlite')
    const database = new Sqlite(file)
    database.exec(statement)
    database.close()
    const bytes = readFileSync(file)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    edit(backup, (m) => ({
      ...m,
      files: (m['files'] as { path: string }[]).map((one) =>
        one.path === 'assay.sqlite' ? { ...one, length: bytes.length, sha256 } : one,
      ),
    }))
  }

  it('a backup under another sealing key', async () => {
    const other = fixedBytes('another sealing key', 32)
    await expect(checkBackup(whole, { sealingKey: other })).rejects.toMatchObject({
      code: 'STORAGE_SEALING_KEY',
    })
    await expect(backUp(data(), path.join(folder, 'other'), other)).rejects.toMatchObject({
      code: 'STORAGE_SEALING_KEY',
    })
    expect(existsSync(path.join(folder, 'other'))).toBe(false)
  })

  it.each<[string, string, (backup: string) => void]>([
    ['without its list', 'STORAGE_BACKUP_INCOMPLETE', (b) => rmSync(path.join(b, 'backup.json'))],
    [
      'with a list that is cut off',
      'STORAGE_BACKUP_INCOMPLETE',
      (b) => truncateSync(path.join(b, 'backup.json'), 200),
    ],
    [
      'with a database that is cut off',
      'STORAGE_BACKUP_INCOMPLETE',
      (b) => truncateSync(path.join(b, 'assay.sqlite'), 4096),
    ],
    ['without a segment', 'STORAGE_BACKUP_INCOMPLETE', (b) => rmSync(blobOf(b))],
    ['with a segment that has grown', 'STORAGE_BACKUP_INCOMPLETE', (b) => appendFileSync(blobOf(b), 'x')],
    [
      'with another byte in a segment',
      'STORAGE_BACKUP_INCOMPLETE',
      (b) => writeFileSync(blobOf(b), readFileSync(blobOf(b)).fill(0x41, 0, 1)),
    ],
    [
      'that leads out of the folder',
      'STORAGE_BACKUP_INCOMPLETE',
      (b) =>
        edit(b, (m) => ({
          ...m,
          files: [...(m['files'] as object[]), { path: '../x', length: 0, sha256: '0'.repeat(64) }],
        })),
    ],
    [
      'of another form',
      'STORAGE_BACKUP_VERSION',
      (b) => edit(b, (m) => ({ ...m, format: 'assay-backup-2' })),
    ],
    [
      'of a later schema',
      'STORAGE_BACKUP_VERSION',
      (b) => edit(b, (m) => ({ ...m, schema: [...(m['schema'] as string[]), 'step-to-come'] })),
    ],
    [
      'with another date',
      'STORAGE_BACKUP_FORGED',
      (b) => edit(b, (m) => ({ ...m, created_at: '2026-01-01' })),
    ],
    ['without a MAC', 'STORAGE_BACKUP_FORGED', (b) => edit(b, ({ mac: _, ...m }) => m)],
    [
      'whose database and digests somebody has changed',
      'STORAGE_BACKUP_FORGED',
      (b) => {
        change(b, "update api_keys set name = 'mine'")
      },
    ],
    [
      'whose database has lost the key of its MAC',
      'STORAGE_BACKUP_FORGED',
      (b) => {
        change(b, "delete from secrets where name = 'rows'")
      },
    ],
  ])('a backup %s', async (_name, code, spoil) => {
    const backup = spoilt(spoil)
    const target = path.join(folder, `target${copies}`)
    await expect(restore(backup, target, { sealingKey, keepKeys: true })).rejects.toMatchObject({ code })
    await expect(checkBackup(backup, { sealingKey })).rejects.toMatchObject({ code })
    expect(existsSync(target)).toBe(false)
    expect(readdirSync(folder).filter((name) => name.includes('restoring'))).toEqual([])
    await restore(whole, target, { sealingKey, keepKeys: true })
  })

  it('a restore over a live folder, and a backup over another', async () => {
    const before = readdirSync(data()).sort()
    await expect(restore(whole, data(), { sealingKey, keepKeys: true })).rejects.toMatchObject({
      code: 'STORAGE_EXISTS',
    })
    expect(readdirSync(data()).sort()).toEqual(before)
    await expect(backUp(data(), whole, sealingKey)).rejects.toMatchObject({ code: 'STORAGE_EXISTS' })
    await checkBackup(whole, { sealingKey })
  })

  it('a backup of a folder with a damaged segment, or of none', async () => {
    const broken = path.join(folder, 'broken')
    await restore(whole, broken, { sealingKey, keepKeys: true })
    const relative = path.relative(whole, blobOf(whole))
    writeFileSync(path.join(broken, relative), readFileSync(path.join(broken, relative)).fill(0x41, 0, 1))
    const target = path.join(folder, 'of-broken')
    await expect(backUp(broken, target, sealingKey)).rejects.toMatchObject({ code: 'STORAGE_BLOB_DIGEST' })
    rmSync(path.join(broken, relative))
    await expect(backUp(broken, target, sealingKey)).rejects.toMatchObject({ code: 'STORAGE_BLOB_MISSING' })
    await expect(backUp(path.join(folder, 'none'), target, sealingKey)).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
    })
    expect(readdirSync(folder).filter((name) => name.startsWith('of-broken'))).toEqual([])
  })

  it.each<[string, string, string]>([
    ['with a row whose app is gone', 'STORAGE_DAMAGED', 'pragma foreign_keys = off; delete from apps'],
    ['that no version has opened', 'STORAGE_DAMAGED', 'drop table schema_steps'],
    [
      'of a later version',
      'STORAGE_NEWER_SCHEMA',
      "insert into schema_steps values (9999, 'later', '9.9.9')",
    ],
    [
      'with a segment of another length',
      'STORAGE_BLOB_LENGTH',
      'update build_segments set length = length + 1',
    ],
  ])('a backup of a database %s', async (_name, code, statement) => {
    const odd = mkdtempSync(path.join(folder, 'odd-'))
    await restore(whole, odd, { sealingKey, keepKeys: true })
    const database = new Sqlite(path.join(odd, 'assay.sqlite'))
    database.exec(statement)
    database.close()
    const target = `${odd}-copy`
    await expect(backUp(odd, target, sealingKey)).rejects.toMatchObject({ code })
    expect(existsSync(target)).toBe(false)
  })
})

describe('a restore', () => {
  let backup: string
  let head: { number: number; hash: string }
  beforeAll(async () => {
    backup = path.join(folder, 'before-incident')
    await send(url, 'POST', '/v1/apps', { id: 'com.example.incident', platform: 'web' })
    await send(url, 'POST', '/v1/apps/com.example.incident/builds?id=1', buildOf('incident'))
    await send(url, 'POST', '/v1/keys', { name: 'leaked later', scope: 'admin' })
    await send(url, 'POST', '/v1/apis', {
      ...{ audience: incidentApi, apps: ['com.example.incident'], tiers: ['affirming'] },
    })
    const expires_at = new Date(Date.now() + 86_400_000).toISOString()
    for (const installation of ['A'.repeat(43), `${'B'.repeat(42)}A`])
      await send(url, 'POST', '/v1/apps/com.example.incident/allow', {
        ...{ audience: incidentApi, installation, expires_at },
      })
    const database = new Sqlite(path.join(data(), 'assay.sqlite'))
    database.exec(
      `update allow_entries set note = 'somebody else' where installation = (select max(installation) from allow_entries)`,
    )
    database.close()
    ;({ head } = (await send(url, 'GET', '/v1/audit/verify')).json)
    await backUp(data(), backup, sealingKey)
  })

  const served = async (dataFolder: string, secret: string) => {
    const service = await startService({
      dataFolder,
      sealingKey,
      host: '127.0.0.1',
      port: 0,
      logLevel: 'silent',
    })
    try {
      const get = async (target: string, bearer: string) => {
        const headers = { authorization: `Bearer ${bearer}` }
        const response = await fetch(service.url + target, { headers })
        return { status: response.status, json: (await response.json()) as Record<string, never> }
      }
      return {
        old: (await get('/v1/apps', key)).status,
        keys: (await get('/v1/keys', secret)).json['keys'] as unknown as { id: string }[],
        audit: (await get('/v1/audit/verify', secret)).json,
        acts: (await get('/v1/audit?action=store.restore', secret)).json,
      }
    } finally {
      await service.close()
    }
  }

  it('leaves one admin key, made anew, and says so in the log', async () => {
    const target = path.join(folder, 'revoked')
    const { adminKey, revoked } = await restore(backup, target, { sealingKey, knownHead: head })
    expect(revoked).toBeGreaterThanOrEqual(2)
    expect(existsSync(path.join(target, 'lock.sqlite'))).toBe(false)
    const after = await served(target, adminKey?.secret ?? '')
    expect(after.old).toBe(401)
    expect(after.keys.map(({ id }) => id)).toEqual([adminKey?.id])
    expect(after.audit).toMatchObject({ fault: { reason: 'allowed' }, other_keys: [] })
    expect(after.acts).toMatchObject({ entries: [{ key_name: 'local', object: 'store' }] })
  })

  it('keeps all keys if it is told to', async () => {
    const target = path.join(folder, 'keys-kept')
    const { adminKey, revoked } = await restore(backup, target, { sealingKey, keepKeys: true })
    expect([adminKey, revoked]).toEqual([undefined, 0])
    expect((await served(target, key)).old).toBe(200)
  })

  it('is refused if the backup is older than a head that somebody kept', async () => {
    const target = path.join(folder, 'older')
    for (const knownHead of [
      { ...head, number: head.number + 1 },
      { ...head, hash: 'A'.repeat(43) },
    ]) {
      const options = { sealingKey, knownHead }
      await expect(restore(backup, target, options)).rejects.toMatchObject({ code: 'STORAGE_BACKUP_OLDER' })
      await expect(checkBackup(backup, options)).rejects.toMatchObject({ code: 'STORAGE_BACKUP_OLDER' })
      expect(existsSync(target)).toBe(false)
    }
  })

  it('is preceded by what it would bring back', async () => {
    const { contents } = await checkBackup(backup, { sealingKey })
    expect(contents.builds.names).toContain('com.example.incident/1')
    expect(contents.bans).toEqual({ number: 0, names: [] })
    const [ours, theirs] = ['A'.repeat(43), `${'B'.repeat(42)}A`].map(
      (name) => `com.example.incident/${incidentApi}/${name}`,
    )
    expect(contents.allowed).toEqual({ number: 1, names: [ours] })
    expect(contents.refused).toEqual({ number: 1, names: [theirs] })
    expect(contents.secrets).toEqual({ number: 0, names: [] })
    expect(contents.boot_keys).toEqual({ number: 0, names: [] })
    expect(contents.keys.names.filter((name) => name.endsWith('(admin)')).length).toBe(contents.keys.number)
  })
})
