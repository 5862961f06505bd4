import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buildIpa } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeMachO } from '../../../../packages/verifier/app-image/test/mach-o/write-mach-o.ts'
import { cli } from '../fake-service.ts'
import { realService, writeScripts, type RealService } from './a-real-service.ts'

const app = 'com.example.web'
const audience = 'https://api.example.com'
/** In the form of a GitHub token; put together here, so that no scanner takes this file for a leak. */
const embedded = `ghp_${'a1B2'.repeat(9)}`
let service: RealService
let dist: string

const assay = (line: string, more?: { stdin?: string; isTTY?: boolean }) =>
  service.assay(line.split(' '), more)

beforeAll(async () => {
  service = await realService()
  dist = writeScripts(path.join(service.folder, 'dist'), {
    'main.js': `const key = '${embedded}'`,
    'old-name.js': 'export const same = true',
  })
  expect((await assay(`app add ${app} --platform web`)).status).toBe(0)
})
afterAll(() => service.close())

test('a build that is sent again says that it keeps its end', async () => {
  const line = `build add ${dist} --app ${app} --id ends --version-code 1`
  const first = await assay(`${line} --expires 30d`)
  expect(first).toMatchObject({ status: 0, stderr: expect.not.stringContaining('registered before') })
  const again = await assay(`${line} --expires 90d`)
  expect(again).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(
      /registered before and still expires at \S+Z\. `assay build update ends --app com\.example\.web --expires/,
    ),
  })
  expect(/expires +(\S+)/.exec(again.stdout)?.[1]).toBe(/expires +(\S+)/.exec(first.stdout)?.[1])
  expect((await assay(`build remove ends --app ${app} --yes`)).status).toBe(0)
})

describe('what is registered is listed, shown and removed', () => {
  test('builds', async () => {
    expect((await assay(`build list --app ${app}`)).stdout).toContain(`assay build add FILE --app ${app}`)
    const added = await assay(`build add ${dist} --app ${app} --id 1 --version-code 1`)
    expect(added.stderr).toContain('warning: no Assay SDK was found')
    expect((await assay(`build list --app ${app}`)).stdout).toMatch(/^1 +active +production +1 +web +image/m)
    expect((await assay(`build show 1 --app ${app}`)).stdout).toMatch(
      /main\.js +script +\d+ B +[0-9a-f]{16}…/,
    )
    const unconfirmed = await assay(`build retire 1 --app ${app}`)
    expect(unconfirmed).toMatchObject({ status: 2, stderr: expect.stringContaining('[CLI_NOT_CONFIRMED]') })
    expect(unconfirmed.stderr).toContain('0 attestations named in the last hour')
    const no = await assay(`build retire 1 --app ${app}`, { stdin: 'n\n', isTTY: true })
    expect(no.stderr).toContain('Nothing was changed')
    expect((await assay(`build retire 1 --app ${app} --yes`)).stdout).toContain('it gets no more tokens')
    expect((await assay(`build restore 1 --app ${app}`)).stdout).toContain('it gets tokens from now on')
    expect((await assay(`build list --app ${app}`)).stdout).toMatch(/^1 +active/m)
    expect((await assay(`build retire 1 --app ${app} --yes`)).status).toBe(0)
    expect((await assay(`build list --app ${app}`)).stdout).toMatch(/^1 +retired/m)
    const acts = '(registered|retired|taken back|retired) +first admin key \\(\\S+\\)'
    expect((await assay(`build show 1 --app ${app}`)).stdout).toMatch(
      new RegExp(`AT +WHAT +BY\n[- ]+\n(\\S+ +${acts}\n){4}\n`),
    )
    const shown = JSON.parse((await assay(`build show 1 --app ${app} --json`)).stdout) as {
      history: { action: string }[]
    }
    expect(shown.history.map(({ action }) => action)).toEqual(
      ['add', 'retire', 'restore', 'retire'].map((act) => `build.${act}`),
    )
    const again = await assay(`build add ${dist} --app ${app} --id 1 --version-code 1`)
    expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining('[CLI_BUILD_RETIRED]') })
    expect(again.stdout).toMatch(/state +retired/)
    expect((await assay(`build show 2 --app ${app}`)).stderr).toContain('[build_not_found]')
  })

  test('APIs', async () => {
    expect((await assay('api list')).stdout).toContain('assay api add URL')
    const observing = `--app ${app} --tier affirming warning --enforcement observe --policy observe`
    const added = await assay(`api add ${audience} ${observing}`)
    expect(added.stdout).toMatch(/enforcement +observe: other tiers get tokens too/)
    expect((await assay('api list')).stdout).toMatch(
      /affirming warning +attestation +bound +observe +observe +300 s/,
    )
    const updated = await assay(`api update ${audience} --enforcement enforce --no-policy`)
    expect(updated.stdout).toMatch(/enforce: other tiers get no token/)
    expect(updated.stdout).toMatch(/policy +the policy of each app/)
    expect((await assay('api list')).stdout).toMatch(
      /affirming warning +attestation +bound +enforce +of the app +300 s/,
    )
    expect((await assay(`api add ${audience} ${observing}`)).stderr).toContain('`assay api update URL …`')
    expect((await assay(`api remove ${audience} --yes`)).status).toBe(0)
    expect((await assay(`api remove ${audience} --yes`)).stderr).toContain('[api_not_found]')
  })

  test('API keys: one for pipelines registers builds and nothing else, until it is removed', async () => {
    const made = await assay(`key add --name pipeline --scope registration --app ${app}`)
    const key = { ASSAY_API_KEY: made.stdout.trim(), ASSAY_URL: service.url }
    expect(made.stderr).toContain('the only time')
    expect((await cli(['build', 'list', '--app', app], key)).status).toBe(0)
    const shown = await cli(['build', 'show', '1', '--app', app], key)
    expect(shown).toMatchObject({ status: 0, stdout: expect.stringContaining('this key may not read') })
    expect((await cli(['app', 'list'], key)).stderr).toContain('[scope_insufficient]')
    const listed = await assay('key list')
    expect(listed.stdout).not.toContain(made.stdout.trim())
    const id = /^(\S+) +pipeline +registration/m.exec(listed.stdout)?.[1] ?? ''
    expect((await service.assay(['key', 'remove', id, '--yes'])).status).toBe(0)
    expect((await cli(['build', 'list', '--app', app], key)).stderr).toContain('[unauthorized]')
  })

  test('signing keys: another one signs, and those before are withdrawn', async () => {
    const kids = async () => {
      const answer = await fetch(`${service.url}/.well-known/jwks.json`)
      return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
    }
    const before = await kids()
    const rotated = JSON.parse((await assay('signing-key rotate --json')).stdout) as object
    const after = await kids()
    expect(rotated).toEqual({ kid: after[0], withdrawn: before })
    expect(after).toHaveLength(1)
    expect((await assay('signing-key rotate')).stdout).toContain(`withdrawn  ${after[0]}`)
  })

  test('apps', async () => {
    expect((await assay('app list')).stdout).toMatch(
      /com\.example\.web +web .* +software +software-only \(default\)/,
    )
    const updated = await assay(`app update ${app} --name Shop --min-version-code 2 --no-probe`)
    expect(updated.stdout).toMatch(/name +Shop[^]*min version +2[^]*probes +none/)
    expect(updated.stdout).not.toMatch(/package|signers/)
  })
})

describe('build diff', () => {
  test('shows changed, new, missing and renamed segments, and the properties', async () => {
    await assay(`build add ${dist} --app ${app} --id a --version-code 3`)
    const other = writeScripts(path.join(service.folder, 'other'), {
      'main.js': 'const key = process.env.KEY',
      'new-name.js': 'export const same = true',
      'more.js': 'more()',
    })
    await assay(`build add ${other} --app ${app} --id b --version-code 4`)
    const { stdout } = await assay(`build diff a b --app ${app}`)
    expect(stdout).toMatch(/version code +3 +4/)
    expect(stdout).toMatch(/main\.js +script +changed +27 B \(-\d+ B\)/)
    expect(stdout).toMatch(/more\.js +script +appeared/)
    expect(stdout).toMatch(/new-name\.js +script +was old-name\.js/)
    expect(stdout).toContain('Segments: 1 changed, 1 appeared, 1 renamed.')
    expect((await assay(`build diff b a --app ${app}`)).stdout).toMatch(/more\.js +script +went/)
  })

  test('wants one other build', async () => {
    expect(await assay(`build diff a --app ${app}`)).toMatchObject({ status: 2 })
    expect(await assay(`build diff a b --file ${dist} --app ${app}`)).toMatchObject({ status: 2 })
  })
})

describe('inspect', () => {
  test('shows segments, and embedded secrets without their values', async () => {
    const { stdout } = await assay(`inspect ${dist}`)
    expect(stdout).toMatch(/main\.js +script/)
    expect(stdout).toContain('Embedded secrets: anyone can read them')
    expect(stdout).not.toContain(embedded)
    expect((await assay(`inspect ${dist} --no-secrets`)).stdout).not.toContain('Embedded secrets')
  })

  test('shows what the code signature of an IPA states, or that there is none', async () => {
    const inspected = async (App: Buffer): Promise<string> => {
      const file = path.join(service.folder, 'App.ipa')
      const files = { 'main.js': Buffer.from('1'), App }
      writeFileSync(file, await buildIpa({ bundleId: 'com.example.app', bundleVersion: '1', files }))
      return (await assay(`inspect ${file}`)).stdout
    }
    const team = /code signature +fits the executable: arm64 [0-9a-f]{40} \(team ABCDE12345\)\n/
    expect(await inspected(writeMachO())).toMatch(team)
    const adHoc = writeMachO({ signature: { directories: [{ teamId: '' }] } })
    expect(await inspected(adHoc)).toMatch(/arm64 [0-9a-f]{40} \(team -\)\n/)
    expect(await inspected(writeMachO({ signature: null }))).toMatch(/code signature +none\n/)
  })

  test('says what is wrong with a file, and what to do', async () => {
    const file = path.join(service.folder, 'a.apk')
    writeFileSync(file, 'no ZIP')
    const done = await assay(`inspect ${file}`)
    expect(done.status).toBe(2)
    expect(done.stderr).toContain('[CLI_BUILD_UNREADABLE]')
    expect(done.stderr).toContain('Check that the file is the APK, IPA or ZIP')
  })
})

test('a build on its way is counted on a terminal, and the line is gone afterwards', async () => {
  const file = path.join(service.folder, 'b.apk')
  writeFileSync(file, Buffer.alloc(3_000_000))
  const done = await assay(`build add ${file} --app ${app}`, { isTTY: true })
  expect(done.stderr).toMatch(/\rsending b\.apk +\d+ %[^]*\r\u001b\[K/)
  expect((await assay(`build add ${file} --app ${app}`)).stderr).not.toContain('sending')
})

test.skipIf(process.platform === 'win32')('doctor sees who may read the folder on this machine', async () => {
  expect((await assay('doctor')).stdout).not.toContain('DOCTOR_SEALING_KEY_READABLE')
  chmodSync(path.join(service.folder, 'sealing.key'), 0o644)
  const done = await assay('doctor')
  expect(done.status).toBe(1)
  expect(done.stdout).toContain('DOCTOR_SEALING_KEY_READABLE')
})

test('doctor misses a sealing key that is not where the data is, and a place that is named', async () => {
  const other = path.join(service.folder, 'other.key')
  renameSync(path.join(service.folder, 'sealing.key'), other)
  const done = await assay('doctor --json')
  expect(done.status).toBe(1)
  const { findings } = JSON.parse(done.stdout) as { findings: { code: string; level: string }[] }
  expect(findings).toContainEqual(
    expect.objectContaining({ code: 'DOCTOR_SEALING_KEY_MISSING', level: 'fault' }),
  )
  expect((await assay(`doctor --sealing-key-file ${other}`)).stdout).not.toContain(
    'DOCTOR_SEALING_KEY_MISSING',
  )
})

test.each(['--data', '--sealing-key-file'])('doctor says that %s names nothing', async (option) => {
  const done = await assay(`doctor ${option} /nowhere/at-all`)
  expect(done).toMatchObject({ status: 2, stderr: expect.stringContaining('[CLI_FILE_UNREADABLE]') })
  expect(done.stderr).toContain('at /nowhere/at-all')
  expect(done.stderr).toContain(option)
})

test('a policy that no device of a web app can meet is warned of', async () => {
  const named = await assay(`app update ${app} --policy strict`)
  expect(named).toMatchObject({ status: 0, stderr: expect.stringContaining('can ever get a token') })
  expect((await assay(`app update ${app} --policy software-only`)).stderr).toBe('')
  const api = `--app ${app} --tier warning --tier affirming`
  const added = await assay(`api add https://strict.example.com ${api} --policy strict`)
  expect(added).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('for https://strict.example.com'),
  })
  const other = await assay('api update https://strict.example.com --policy observe')
  expect(other).toMatchObject({ status: 0, stderr: '' })
  expect((await assay('api remove https://strict.example.com --yes')).status).toBe(0)
})
