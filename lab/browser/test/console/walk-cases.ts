import { writeZip } from '@assay/testkit'
import { expect, it } from 'vitest'
import type { Page } from '../../src/browsers/chromium.ts'
import { shop, wallet } from '../../src/console/apps.ts'
import { refusedTrace } from '../../src/console/screenshots.ts'
import { searchFor, type SharedConsole } from './opened.ts'

/** What somebody presses who has only the start page before them; typing is not counted. */
function visitor(page: Page) {
  const pressed: string[] = []
  const within = (role: 'button' | 'link', name: string | RegExp, at: Pick<Page, 'getByRole'>) => {
    pressed.push(String(name))
    return at.getByRole(role, { name }).first().click()
  }
  return {
    pressed,
    press: (name: string | RegExp) => within('button', name, page),
    follow: (name: string | RegExp) => within('link', name, page),
    confirm: (name: string) => within('button', name, page.getByRole('dialog')),
    async find(trace: string) {
      await searchFor(page, `reads out ${trace.toLowerCase().replace(/.{4}/g, '$& ')}, and waits`)
    },
  }
}

/** Tasks of support and operators, from the start page on, and how few steps each takes. */
export function walkCases(shared: SharedConsole): void {
  const start = async () => {
    const { page, close } = await shared.open()
    await shared.visit(page, '')
    return { page, close, ...visitor(page) }
  }

  it('bans the phone behind a trace and lifts the ban, lets it through, and forgets it', async () => {
    // Other cases have forgotten those that were there.
    const phone = await shared.service.devices.iphone(true)
    await expect(phone.client.getToken()).rejects.toThrow()
    phone.close()
    const newest = () => refusedTrace(shared.service)
    await expect.poll(async () => (await newest()).app, { timeout: 10_000 }).toBe(wallet)
    const { trace, app } = await newest()
    const before = { let_through_tiers: ['warning', 'contraindicated'] }
    await shared.service.operator('PATCH', `/v1/apps/${app}`, before)
    const { page, close, pressed, press, follow, confirm, find } = await start()
    const standing = page.getByRole('region', { name: 'Bans and exceptions' })
    await find(trace)
    await page.getByRole('heading', { level: 1, name: 'Refused attestation' }).waitFor()
    await page.getByText('What it means').waitFor()
    await follow('Let through, ban or forget')
    await press(/^Ban installation/)
    await confirm('Ban')
    await standing.getByText('banned', { exact: true }).waitFor()
    await press(/^Lift the ban/)
    await confirm('Lift')
    await standing.getByText('banned', { exact: true }).waitFor({ state: 'detached' })
    expect(pressed).toHaveLength(5)

    pressed.length = 0
    await page.getByRole('link', { name: 'Overview' }).click()
    await find(trace)
    await follow('Let through, ban or forget')
    await press(/^Let through installation/)
    await confirm('Let through')
    await standing.getByText('by support, as').waitFor()
    expect(pressed).toHaveLength(3)

    pressed.length = 0
    await page.getByRole('link', { name: 'Overview' }).click()
    await find(trace)
    await follow('Let through, ban or forget')
    await press(/^Forget/)
    await confirm('Forget')
    await confirm('Done')
    await page.getByRole('heading', { level: 1, name: 'Installations' }).waitFor()
    expect(pressed).toHaveLength(4)
    await close()
  })

  it('shows which OS version a new build refuses, and how many of its users', async () => {
    const shown = await shared.service.operator<{ build: object }>('GET', `/v1/apps/${shop}/rollout`)
    const refused = { passed: 3, refused: 41, before: { passed: 40, refused: 0 } }
    const { page, close, pressed, follow } = await start()
    await page.route(`**/console/v1/apps/${shop}/rollout?*`, (route) =>
      route.fulfill({ json: { ...shown, os_versions: [{ os_version: 'Android 16', ...refused }] } }),
    )
    await follow('Roll out')
    await page.getByLabel('App', { exact: true }).selectOption(shop)
    const row = page.getByRole('region', { name: 'Users by OS version' }).getByRole('row').last()
    expect(await row.innerText()).toMatch(/Android 16\s+3\s+41\s+0/)
    expect(pressed).toHaveLength(1)
    await close()
  })

  it('registers a new build by its upload', async () => {
    const { page, close, pressed, press, follow, confirm } = await start()
    const dialog = page.getByRole('dialog')
    const script = Array.from({ length: 300 }, (_, i) => `export const walk${i} = 1\n`).join('')
    const buffer = await writeZip([{ name: 'app.js', content: Buffer.from(script), stored: false }])
    await follow('Apps and builds')
    await follow('Example Shop')
    await press('Register a build')
    await dialog.getByLabel('The released file').setInputFiles({ name: 'web.zip', mimeType: '', buffer })
    await dialog.getByLabel('Build id').fill('2.0.0')
    await dialog.getByLabel('Version code').fill('20')
    await confirm('Register')
    await page.getByRole('heading', { level: 1, name: 'Build 2.0.0' }).waitFor()
    expect(pressed).toHaveLength(4)
    await close()
    await shared.service.operator('DELETE', `/v1/apps/${shop}/builds/2.0.0`)
  })
}
