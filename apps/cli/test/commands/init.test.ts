import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cli } from '../fake-service.ts'
import { realService } from '../real-service/a-real-service.ts'

let folder = ''
let data = ''
let key = ''

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'assay-cli-init-'))
  data = path.join(folder, 'data')
  key = path.join(folder, 'sealing.key')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const init = (...more: string[]) => cli(['init', '--data', data, '--sealing-key-file', key, ...more])
const refused = (code: string) => ({ status: 2, stderr: expect.stringContaining(`[${code}]`) })

describe('where data is there and its sealing key is not', () => {
  test('init makes no other, and says what to do', async () => {
    await init()
    rmSync(key)
    const done = await init()
    expect(done).toMatchObject(refused('CLI_KEY_FILE'))
    expect(done.stderr).toContain('Restore the key file from its backup')
    expect(existsSync(key)).toBe(false)
  })

  test('neither while the service runs', async () => {
    const service = await realService()
    const places = ['--data', path.join(service.folder, 'data'), '--sealing-key-file', key]
    expect((await cli(['init', ...places])).stderr).toContain('(STORAGE_LOCKED)')
    expect(existsSync(key)).toBe(false)
    await service.close()
  })

  test('serve does not send to init', async () => {
    await init()
    rmSync(key)
    const done = await cli(['serve', '--data', data, '--sealing-key-file', key])
    expect(done).toMatchObject(refused('CLI_KEY_FILE'))
    expect(done.stderr).toContain('Restore the key file from its backup')
    expect(done.stderr).toContain(key)
    expect(done.stderr).not.toContain('Run `assay init`')
  })
})

describe('inside a git folder', () => {
  const ignored = () => readFileSync(path.join(folder, '.gitignore'), 'utf8')
  beforeEach(() => mkdirSync(path.join(folder, '.git')))

  test('init adds the data folder and the keys to .gitignore, once', async () => {
    writeFileSync(path.join(folder, '.gitignore'), 'node_modules\n/data/')
    const done = await init('--admin-key-file', path.join(folder, 'the admin [1].key'))
    expect(done.status).toBe(0)
    expect(done.stderr).toContain('Added to .gitignore: sealing.key, the admin [1].key\n')
    expect(ignored()).toBe('node_modules\n/data/\n/sealing.key\n/the\\ admin\\ \\[1\\].key\n')
    expect((await init('--new-admin-key')).stderr).not.toContain('.gitignore')
  })

  test('init that cannot write .gitignore says so, and has done its work', async () => {
    mkdirSync(path.join(folder, '.gitignore'))
    const done = await init()
    expect(done.status).toBe(0)
    expect(done.stderr).toContain('Add these to .gitignore, which could not be written.')
  })
})

test('init outside of one writes no .gitignore', async () => {
  expect((await init()).status).toBe(0)
  expect(readdirSync(folder).sort()).toEqual(['data', 'sealing.key'])
})

test('init that fails leaves nothing behind', async () => {
  const done = await init('--postgres', 'mysql://127.0.0.1/assay')
  expect(done.stderr).toContain('(SERVICE_POSTGRES)')
  expect(readdirSync(folder)).toEqual([])
})

describe('--admin-key-file', () => {
  const file = () => path.join(folder, 'admin.key')

  test('holds the key, for its owner only; nothing shows it', async () => {
    const done = await init('--admin-key-file', file())
    const secret = readFileSync(file(), 'utf8').trim()
    expect(secret).toMatch(/^assay_[\w-]{43}$/)
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(done.status).toBe(0)
    expect(done.stdout + done.stderr).not.toContain(secret)
  })

  test('is not overwritten by a second init, and not left behind by one that fails', async () => {
    await init('--admin-key-file', file())
    const before = readFileSync(file(), 'utf8')
    expect(await init('--admin-key-file', file())).toMatchObject(refused('CLI_EXISTS_ALREADY'))
    expect(readFileSync(file(), 'utf8')).toBe(before)
    const other = path.join(folder, 'other.key')
    expect(await init('--admin-key-file', other)).toMatchObject(refused('CLI_EXISTS_ALREADY'))
    expect(existsSync(other)).toBe(false)
  })
})

describe('--new-admin-key', () => {
  test('makes another admin key where all are lost', async () => {
    await init()
    const first = await init()
    expect(first.stderr).toContain('assay init --new-admin-key')
    const done = await init('--new-admin-key', '--json')
    expect(done.status).toBe(0)
    expect((JSON.parse(done.stdout) as { admin_key: string }).admin_key).toMatch(/^assay_[\w-]{43}$/)
  })

  test('not without the sealing key, the folder, or a first key', async () => {
    expect(await init('--new-admin-key')).toMatchObject(refused('CLI_FILE_UNREADABLE'))
    await init()
    const other = path.join(folder, 'other')
    mkdirSync(other)
    const elsewhere = ['init', '--new-admin-key', '--data', other, '--sealing-key-file', key]
    expect((await cli(elsewhere)).stderr).toContain('(SERVICE_NO_ADMIN_KEY)')
    rmSync(key)
    expect(await init('--new-admin-key')).toMatchObject(refused('CLI_KEY_FILE'))
    expect(existsSync(key)).toBe(false)
  })
})

test.each(['--data', '--sealing-key-file', '--postgres', '--admin-key-file'])(
  '%s with nothing is a wrong command line',
  async (option) => {
    const done = await init(option, '')
    expect(done).toMatchObject(refused('CLI_USAGE'))
    expect(done.stderr).toContain(`${option} is empty`)
  },
)

test('the command that comes next has the places that were given', async () => {
  data = path.join(folder, 'my data')
  expect((await init()).stderr).toContain(`Next: assay serve --data '${data}' --sealing-key-file ${key}\n`)
})

test.runIf(process.platform === 'linux')(
  'a file system that allows no folders ends the command',
  async () => {
    data = '/proc/assay/data'
    expect(await init()).toMatchObject(refused('CLI_FILE_UNREADABLE'))
    key = '/proc/assay/key'
    data = path.join(folder, 'data')
    expect(await init()).toMatchObject(refused('CLI_FILE_UNREADABLE'))
    expect(readdirSync(folder)).toEqual([])
  },
)
