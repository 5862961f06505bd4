import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { writeZip } from '@assay/testkit'
import { expect, it } from 'vitest'
import type { Page } from '../../src/browsers/chromium.ts'
import { subjectsOf } from '../../src/console/subjects.ts'
import { furnish } from '../../src/console/lookbook.ts'
import { refusedTrace } from '../../src/console/screenshots.ts'
import { axeFindings, type SharedConsole } from './opened.ts'

/** A text that a shell, a terminal and a page would each take for something else. */
const hostile = `-- it's $(touch PWNED) \`touch PWNED\` "x" <img src=x> ;&|*`
const cli = path.resolve(import.meta.dirname, '../../../../apps/cli/bin/assay.js')

/** A folder in which a shell finds `assay`, and which it starts in. */
async function shellFor({ service: { url, adminKey } }: SharedConsole) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-lines-'))
  await writeFile(path.join(folder, 'assay'), `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`)
  await chmod(path.join(folder, 'assay'), 0o755)
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, ASSAY_URL: url, ASSAY_API_KEY: adminKey }
  const run = async (line: string) =>
    (await promisify(execFile)('sh', ['-c', line], { cwd: folder, env })).stdout
  return {
    folder,
    run,
    /** Of a command that asks first: here nobody can be asked. */
    confirm: (line: string) => run(line.replace(/^assay \S+ \S+/, '$& --yes')),
  }
}

/** What a dialog shows, which is left without doing it. */
async function lineOf(page: Page, button: string | RegExp, fill?: (page: Page) => Promise<unknown>) {
  await page.getByRole('button', { name: button }).first().click()
  const dialog = page.getByRole('dialog')
  await fill?.(page)
  const line = await dialog.locator('.cli-line pre').innerText()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  return line
}

/** The lines of the CLI beside what changes something, run by a shell against the same service. */
export function lineCases(shared: SharedConsole): void {
  const get = <T>(at: string) => shared.service.operator<T>('GET', at)
  const gone = async (at: string) => expect(get(at)).rejects.toThrow('404')

  it('every dialog that changes something shows its line, and axe finds nothing in any', async () => {
    await furnish(shared.service.operator)
    const trace = await refusedTrace(shared.service)
    const { page, faults, close } = await shared.open('narrow')
    const dialogs = subjectsOf(trace).filter(({ name }) => name.startsWith('dialog-'))
    expect(dialogs.length).toBeGreaterThan(15)
    for (const { name, at, then } of dialogs) {
      await shared.visit(page, at)
      await then?.(page)
      const dialog = page.getByRole('dialog')
      await dialog.waitFor()
      const lines = await dialog.locator('.cli-line pre').allInnerTexts()
      if (name === 'dialog-audit-entry') expect(lines).toEqual([])
      else expect.soft(lines, name).toEqual([expect.stringMatching(/^assay [a-z]+ [a-z-]+( |$)/)])
      const isCut = await dialog.evaluate((element) => element.scrollWidth > element.clientWidth)
      expect.soft(isCut, `${name} is wider than its dialog`).toBe(false)
      expect.soft(await axeFindings(page), name).toEqual([])
    }
    expect(faults).toEqual([])
    await close()
  })

  it('registers, changes and removes an app, its build and an API by the lines of their dialogs', async () => {
    const { page, close } = await shared.open()
    const { folder, run, confirm } = await shellFor(shared)
    const dialog = page.getByRole('dialog')
    const app = 'com.example.lines'
    await shared.visit(page, 'apps')
    await run(
      await lineOf(page, 'Register an app', async () => {
        await dialog.getByLabel('App id').fill(app)
        await dialog.getByLabel('Platform', { exact: true }).selectOption('web')
        await dialog.getByLabel('Name', { exact: true }).fill(hostile)
      }),
    )
    expect(await get(`/v1/apps/${app}`)).toMatchObject({ name: hostile })
    const file = `it's -- a $(build).zip`
    const script = Array.from({ length: 300 }, (_, i) => `export const item${i} = 1\n`).join('')
    const zip = await writeZip([{ name: 'app.js', content: Buffer.from(script), stored: false }])
    // The console takes a ZIP, and the CLI the folder.
    await mkdir(path.join(folder, file.replace('.zip', '')))
    await writeFile(path.join(folder, file.replace('.zip', ''), 'app.js'), script)
    await shared.visit(page, `apps/${app}`)
    await run(
      await lineOf(page, 'Register a build', async () => {
        await dialog.getByLabel('The released file').setInputFiles({ name: file, mimeType: '', buffer: zip })
        await dialog.getByLabel('Build id').fill('1.0+1')
        await dialog.getByLabel('Version code').fill('1')
        await dialog.getByLabel(/^Days until/).fill('30')
      }),
    )
    const build = `/v1/apps/${app}/builds/1.0%2B1`
    expect(await get(build)).toMatchObject({ state: 'active', expires_at: expect.any(String) as string })
    await shared.visit(page, `apps/${app}/builds/1.0%2B1`)
    await run(
      await lineOf(page, /^Change build/, async () => {
        await dialog.getByLabel('Channel').selectOption('beta')
        await dialog.getByLabel('Expires').selectOption('never')
      }),
    )
    expect(await get(build)).toMatchObject({ channel: 'beta', expires_at: null })
    await shared.visit(page, `apps/${app}/builds/1.0%2B1`)
    await confirm(await lineOf(page, /^Retire/))
    await shared.visit(page, `apps/${app}/builds/1.0%2B1`)
    await run(await lineOf(page, /^Restore/))
    expect(await get(build)).toMatchObject({ state: 'active' })
    await confirm(await lineOf(page, /^Remove build/))
    await gone(build)

    const audience = 'https://lines.example.com'
    const api = `/v1/apis/${encodeURIComponent(audience)}`
    await shared.visit(page, 'apis')
    await run(
      await lineOf(page, 'Register an API', async () => {
        await dialog.getByLabel(/^Its URL/).fill(audience)
        await dialog.getByLabel(app).check()
        await dialog.getByLabel('warning', { exact: true }).check()
      }),
    )
    await shared.visit(page, `apis/${encodeURIComponent(audience)}`)
    await run(
      await lineOf(page, /^Edit the API/, () => dialog.getByLabel('Name', { exact: true }).fill(hostile)),
    )
    const { apis } = await get<{ apis: { audience: string; name: string }[] }>('/v1/apis')
    expect(apis.find((one) => one.audience === audience)?.name).toBe(hostile)
    await confirm(await lineOf(page, /^Remove the API/))
    await gone(api)

    await shared.visit(page, `apps/${app}`)
    await run(
      await lineOf(page, `Edit ${app}`, () =>
        dialog.getByLabel('Policy', { exact: true }).selectOption('strict'),
      ),
    )
    await run(
      await lineOf(page, /^Change the shadow policy/, () =>
        dialog.getByLabel('Policy').selectOption('software-only'),
      ),
    )
    expect(await get(`/v1/apps/${app}`)).toMatchObject({ policy: 'strict', shadow_policy: 'software-only' })
    await shared.visit(page, `apps/${app}`)
    await run(
      await lineOf(page, /^Change the shadow policy/, () => dialog.getByLabel('Policy').selectOption('')),
    )
    expect(await get(`/v1/apps/${app}`)).toMatchObject({ shadow_policy: null })
    await confirm(await lineOf(page, /^Remove com/))
    await gone(`/v1/apps/${app}`)
    await expect(run('ls PWNED')).rejects.toThrow()
    await close()
  })

  it('saves, rolls back and removes a policy by the lines beside it', async () => {
    const { page, close } = await shared.open()
    const { folder, run, confirm } = await shellFor(shared)
    await shared.visit(page, 'policies/lines')
    const text = await page.getByLabel('The document, as JSON').inputValue()
    await writeFile(path.join(folder, 'lines.json'), text)
    const saved = await page.locator('.cli-line pre').innerText()
    await run(saved)
    await writeFile(
      path.join(folder, 'lines.json'),
      JSON.stringify({ ...JSON.parse(text), description: hostile }),
    )
    await run(saved)
    await shared.visit(page, 'policies/lines')
    await confirm(await lineOf(page, /^Roll back/))
    expect(await get('/v1/policies/lines')).toMatchObject({
      version: 3,
      document: JSON.parse(text) as object,
    })
    await confirm(await lineOf(page, /^Remove the policy/))
    await gone('/v1/policies/lines')
    await close()
  })

  it('bans, lets through, forgets and takes back by the lines beside it', async () => {
    const { page, close } = await shared.open()
    const { run, confirm } = await shellFor(shared)
    const dialog = page.getByRole('dialog')
    const app = 'com.example.shop'
    const installation = '-'.repeat(42) + 'A'
    const lists = async () => ({
      bans: (await get<{ bans: object[] }>(`/v1/apps/${app}/bans`)).bans,
      entries: (await get<{ entries: object[] }>(`/v1/apps/${app}/allow`)).entries,
    })
    const before = await lists()
    await shared.visit(page, `bans?app=${app}`)
    for (const [form, undo] of [
      ['Ban an installation', /^Lift the ban of ----/],
      ['Let a test device through', /^Remove the test device ----/],
    ] as const) {
      const section = page.getByRole('region', { name: form })
      await section.getByLabel(/^Installation/).fill(installation)
      await section.getByLabel(/^Why/).fill(hostile)
      await section.getByLabel(/^Days/).fill('30')
      await run(await section.locator('.cli-line pre').innerText())
      const after = await lists()
      expect([...after.bans, ...after.entries]).toContainEqual(expect.objectContaining({ note: hostile }))
      await shared.visit(page, `bans?app=${app}`)
      await confirm(await lineOf(page, undo))
      expect(await lists()).toEqual(before)
      await shared.visit(page, `bans?app=${app}`)
    }

    const refused = await refusedTrace(shared.service)
    const at = `installations/${refused.app}/${refused.key}`
    const known = `/v1/apps/${refused.app}/installations/${refused.key}`
    await shared.service.operator('PATCH', `/v1/apps/${refused.app}`, {
      let_through_tiers: ['warning', 'contraindicated'],
    })
    await shared.visit(page, at)
    await run(await lineOf(page, /^Let through/, () => dialog.getByLabel(/^Why/).fill(hostile)))
    expect(await get(known)).toMatchObject({ allowed: [{ note: hostile }] })
    await shared.visit(page, at)
    await run(await lineOf(page, /^Ban installation/))
    await shared.visit(page, at)
    await confirm(await lineOf(page, /^Lift the ban/))
    expect(await get(known)).toMatchObject({ bans: [] })
    await confirm(await lineOf(page, /^Forget/))
    await gone(known)
    await close()
  })

  it('makes and removes an API key by the lines of their dialogs', async () => {
    const { page, close } = await shared.open()
    const { run, confirm } = await shellFor(shared)
    const dialog = page.getByRole('dialog')
    await shared.visit(page, 'keys')
    const secret = await run(
      await lineOf(page, 'Create a key', async () => {
        await dialog.getByLabel(/^Name/).fill(hostile)
        await dialog.getByLabel('Scope').selectOption('support')
        await dialog.getByLabel('com.example.shop').check()
        await dialog.getByLabel('May let installations through').check()
        expect(await dialog.innerText()).toMatch(/24 hours, and ten a day[^]*policy refused it/)
        await dialog.getByLabel(/^Days/).fill('')
      }),
    )
    expect(secret).toMatch(/^assay_/)
    const own = async () => {
      const { keys } = await get<{ keys: { name: string }[] }>('/v1/keys')
      return keys.filter(({ name }) => name === hostile)
    }
    expect(await own()).toMatchObject([
      { scope: 'support', apps: ['com.example.shop'], let_through: true, expires_at: null },
    ])
    await shared.visit(page, 'keys')
    await confirm(await lineOf(page, `Remove the key ${hostile}`))
    expect(await own()).toEqual([])
    await close()
  })
}
