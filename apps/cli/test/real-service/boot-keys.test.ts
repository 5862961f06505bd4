import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { realService, type RealService } from './a-real-service.ts'

const [one, two] = ['01'.repeat(32), '02'.repeat(32)]
const source = 'https://example.org/attestation.json'
const dated = fileURLToPath(new URL('../../../../deploy/boot-keys/', import.meta.url))
let service: RealService

const assay = (line: string, more?: { stdin?: string; isTTY?: boolean }) =>
  service.assay(line.split(' '), more)
const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')
function fileOf(name: string, content: string): { file: string; sha256: string } {
  const file = path.join(service.folder, name)
  writeFileSync(file, content)
  return { file, sha256: digestOf(content) }
}
const listOf = (name: string, keys: readonly string[], timestamp: number) =>
  fileOf(name, JSON.stringify({ verifiedBootKeys: keys, timestamp }))
const update = ({ file, sha256 }: { file: string; sha256: string }, more = '') =>
  assay(`boot-keys update ${file} --system graphene --source ${source} --sha256 ${sha256}${more}`)

beforeAll(async () => {
  service = await realService()
})
afterAll(() => service.close())

/** The dated lists of the repository, with the digests that the page beside them states. */
function datedLists(): { file: string; name: string; keys: number; sha256: string }[] {
  const rows = /^\| `([^`]+\.json)` \| .* \| (\d+) \| `([0-9a-f]{64})` \|$/gm
  return [...readFileSync(path.join(dated, 'README.md'), 'utf8').matchAll(rows)].map(
    ([, name = '', keys, sha256 = '']) => ({
      name,
      file: path.join(dated, name),
      keys: Number(keys),
      sha256,
    }),
  )
}

test('the dated lists are those whose digest is stated, and are taken as they are', async () => {
  const lists = datedLists()
  expect(lists.map(({ name }) => name).sort()).toEqual(
    readdirSync(dated).filter((name) => name.endsWith('.json')),
  )
  for (const list of lists) {
    const given = await update(list, ' --dry-run')
    expect(given.stdout).toContain(`Would be stored for graphene: ${list.keys} keys, published`)
  }
})

test('the command of the guide names a dated list and its digest', async () => {
  const guide = readFileSync(
    new URL('../../../../docs/guides/phones-without-google.md', import.meta.url),
    'utf8',
  )
  const [, line = ''] = /^assay (boot-keys update .*)$/m.exec(guide) ?? []
  const [, , name = ''] = line.split(' ')
  const { status, stdout } = await assay(line.replace(name, path.join(dated, name)))
  expect({ status, stdout: stdout.split(';')[0] }).toEqual({
    status: 0,
    stdout: 'Stored for grapheneos: 21 keys, published 2026-04-20T18:29:32.000Z',
  })
  await assay('boot-keys remove grapheneos --yes')
})

describe('boot keys', () => {
  test('are given, listed, shown, updated and removed', async () => {
    expect((await assay('boot-keys list')).stdout).toContain('No boot keys were given')
    const first = listOf('first.json', [one], 1_776_709_772)
    const tried = await update(first, ' --dry-run')
    expect(tried.stdout).toContain('Would be stored for graphene: 1 key, published 2026-04-20')
    expect((await assay('boot-keys show graphene')).stderr).toContain('[boot_keys_not_found]')
    const given = await update({ ...first, sha256: first.sha256.toUpperCase() })
    expect(given).toMatchObject({ status: 0, stderr: expect.stringContaining('--policy no-google') })
    expect(given.stdout).toContain(`1 added, 0 removed.\n+ ${one}`)
    const next = await update(listOf('next.json', [two], 1_776_800_000))
    expect(next.stdout).toContain(`1 added, 1 removed.\n- ${one}\n+ ${two}`)
    expect((await assay('boot-keys list')).stdout).toMatch(/^graphene +1 +2026-04-21T\S+ +\S+ +https:/m)
    expect((await assay('boot-keys show graphene')).stdout).toMatch(
      new RegExp(`SHA-256 +[0-9a-f]{64}\n[^]*${two}`),
    )
    expect((await assay('boot-keys remove graphene')).stderr).toContain('[CLI_NOT_CONFIRMED]')
    expect((await assay('boot-keys remove graphene --yes')).stdout).toContain(
      'Removed the boot keys of graphene',
    )
    expect((await assay('boot-keys remove graphene --yes')).stderr).toContain('[boot_keys_not_found]')
  })

  test('of another file are not sent, and both digests are shown', async () => {
    const { file, sha256 } = listOf('other.json', [one], 1_776_709_772)
    const refused = await update({ file, sha256: two })
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('[CLI_BOOT_KEYS_DIGEST]') })
    expect(refused.stderr).toContain(sha256)
    expect(refused.stderr).toContain(two)
    expect((await assay('boot-keys list --json')).stdout.trim()).toBe('[]')
  })

  test.each<[string, string, string]>([
    ['no list', '{}', 'boot_keys_invalid'],
    ['an escape sequence as a key', '{"verifiedBootKeys":["\\u001b[2J"],"timestamp":1}', 'boot_keys_invalid'],
    ['no JSON', '<html>', 'boot_keys_invalid'],
    ['10 MB', ' '.repeat(10_000_000), 'CLI_USAGE'],
  ])('are not taken from %s', async (name, content, code) => {
    const refused = await update(fileOf('hostile.json', content))
    expect(refused.stderr, name).toContain(`[${code}]`)
    expect(refused.stderr).not.toContain('\u001b[2J')
    expect((await assay('boot-keys list --json')).stdout.trim()).toBe('[]')
  })

  test.each([
    ['--system', 'boot-keys update f --system UP --source https://example.org --sha256 00', 'CLI_USAGE'],
    ['--source', `boot-keys update f --system up --source http://example.org --sha256 ${one}`, 'CLI_USAGE'],
    ['--sha256', 'boot-keys update f --system up --source https://example.org --sha256 00', 'CLI_USAGE'],
    [
      'the file',
      `boot-keys update f --system up --source https://example.org --sha256 ${one}`,
      'CLI_FILE_UNREADABLE',
    ],
    ['what is left out', 'boot-keys update f', 'CLI_USAGE'],
  ])('are not updated with a fault in %s', async (_, line, code) => {
    expect((await assay(line)).stderr).toContain(`[${code}]`)
  })

  test('of an earlier list are refused, unless that is meant', async () => {
    await update(listOf('new.json', [two], 1_776_800_000))
    const old = listOf('old.json', [one], 1_776_709_772)
    expect((await update(old)).stderr).toContain('[boot_keys_older]')
    expect((await update(old, ' --older')).status).toBe(0)
  })

  test('are missed by the doctor where a policy asks for them', async () => {
    await assay('boot-keys remove graphene --yes')
    await assay('app add com.example.phone --platform android --policy no-google')
    await assay('api add https://api.example.com --app com.example.phone --tier affirming')
    expect((await assay('doctor')).stdout).toContain('DOCTOR_BOOT_KEYS_MISSING')
    await update(listOf('new.json', [two], 1_700_000_000))
    const old = await assay('doctor')
    expect(old.stdout).toContain('DOCTOR_BOOT_KEYS_OLD')
    expect(old.stdout).not.toMatch(/DOCTOR_BOOT_KEYS_MISSING|DOCTOR_CERTIFICATION_REQUIRED/)
  })

  test('are of no use, says the doctor, where Google must vouch, too', async () => {
    const evidence = { play_integrity: { request: 'classic', calls_per_day: 100, max_age: 300 } }
    const { file } = fileOf('evidence.json', JSON.stringify(evidence))
    await assay(`app update com.example.phone --evidence ${file}`)
    expect((await assay('doctor')).stdout).toContain('DOCTOR_CERTIFICATION_REQUIRED')
    await assay('app update com.example.phone --optional-evidence play_integrity')
    expect((await assay('doctor')).stdout).not.toContain('DOCTOR_CERTIFICATION_REQUIRED')
  })
})
