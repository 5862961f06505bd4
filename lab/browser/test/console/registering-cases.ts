import { expect, it } from 'vitest'
import { writeZip } from '@assay/testkit'
import { axeFindings, type SharedConsole } from './opened.ts'

/** Apps, APIs and builds, registered and edited in the console. */
export function registeringCases(shared: SharedConsole): void {
  it('registers an app, a build with its progress, and an API, changes them and removes them', async () => {
    const { page, close } = await shared.open('narrow')
    const app = 'com.example.new'
    const dialog = page.getByRole('dialog')
    const line = dialog.locator('.cli-line pre')
    await shared.visit(page, 'apps')
    await page.getByRole('button', { name: 'Register an app' }).click()
    await dialog.getByLabel('App id').fill(app)
    await dialog.getByLabel('Platform', { exact: true }).selectOption('web')
    await dialog.getByLabel('Name', { exact: true }).fill('The new one')
    expect(await line.innerText()).toBe(`assay app add ${app} --platform web --name 'The new one'`)
    expect(await axeFindings(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Register' }).click()
    await page.getByRole('link', { name: 'The new one' }).click()

    await page.getByRole('button', { name: 'Register a build' }).click()
    const script = Array.from({ length: 300 }, (_, i) => `export const item${i} = 1\n`).join('')
    const zip = await writeZip([{ name: 'app.js', content: Buffer.from(script), stored: false }])
    await dialog
      .getByLabel('The released file')
      .setInputFiles({ name: 'build.zip', mimeType: '', buffer: zip })
    await dialog.getByLabel('Build id').fill('1.0')
    await dialog.getByLabel('Version code').fill('1')
    await dialog.getByLabel(/^Days until/).fill('30')
    expect(await line.innerText()).toBe(
      `assay build add build --app ${app} --id 1.0 --version-code 1 --expires 30d`,
    )
    expect(await axeFindings(page)).toEqual([])
    // While it is sent the page says how far it has come, and can stop it.
    let goOn = () => undefined as void
    await page.route('**/builds?*', async (route) => {
      if (route.request().method() === 'POST') await new Promise<void>((resolve) => (goOn = resolve))
      await route.continue()
    })
    await dialog.getByRole('button', { name: 'Register' }).click()
    await dialog.getByRole('progressbar', { name: 'Upload' }).waitFor()
    await dialog.getByRole('button', { name: 'Stop' }).waitFor()
    goOn()
    await page.getByRole('heading', { level: 1, name: 'Build 1.0' }).waitFor()
    await page.unroute('**/builds?*')
    await page.getByRole('region', { name: 'Variants' }).getByText('No variants').waitFor()
    await page.getByRole('cell', { name: 'app.js' }).waitFor()
    await page.getByRole('button', { name: `Change build 1.0 of ${app}` }).click()
    await dialog.getByLabel('Channel').selectOption('beta')
    expect(await line.innerText()).toBe(`assay build update 1.0 --app ${app} --channel beta`)
    await dialog.getByRole('button', { name: 'Change' }).click()
    await page.locator('.properties').getByText('beta').waitFor()
    expect(await axeFindings(page)).toEqual([])

    const audience = 'https://new.example.com'
    await shared.visit(page, 'apis')
    await page.getByRole('button', { name: 'Register an API' }).click()
    await dialog.getByLabel(/^Its URL/).fill(audience)
    await dialog.getByLabel(app).check()
    expect(await dialog.getByLabel('production', { exact: true }).isChecked()).toBe(true)
    // There is no default for tiers: the form says so.
    await dialog.getByText('“Tiers that it admits; there is no default” cannot be empty.').waitFor()
    expect(await dialog.getByRole('button', { name: 'Register' }).isDisabled()).toBe(true)
    await dialog.getByLabel('warning', { exact: true }).check()
    await dialog.getByRole('button', { name: 'Register' }).click()
    await page.getByRole('link', { name: audience }).click()
    await page.getByRole('button', { name: `Edit the API ${audience}` }).click()
    await dialog.getByLabel(/^Lifetime/).fill('60')
    await dialog.getByLabel('Enforcement').selectOption('observe')
    expect(await line.innerText()).toBe(
      `assay api update ${audience} --enforcement observe --token-lifetime 60`,
    )
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('1 minute', { exact: true }).waitFor()
    await page.getByRole('button', { name: `Remove the API ${audience}` }).click()
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('heading', { level: 1, name: 'APIs' }).waitFor()

    await shared.visit(page, `apps/${app}`)
    await page.getByRole('button', { name: `Edit ${app}` }).click()
    await dialog.getByLabel('Platform evidence, as JSON').fill('{')
    await dialog.getByText('Not JSON').waitFor()
    expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: `Remove ${app} and all its builds` }).click()
    expect(await dialog.innerText()).toMatch(/its bans[^]*test devices[^]*counts[^]*samples/)
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('heading', { level: 1, name: 'Apps and builds' }).waitFor()
    expect(await page.getByRole('link', { name: 'The new one' }).count()).toBe(0)
    await close()
  })

  it('lists the variants of a build, and ends or activates one by its name', async () => {
    const { page, close } = await shared.open()
    const build = await shared.service.operator<object>('GET', '/v1/apps/com.example.shop/builds/1.5.0')
    const variant = {
      ...{
        format: 'apk',
        framework: 'none',
        sdk: null,
        signers: [],
        schemes: [],
        image_digest: 'ab'.repeat(32),
      },
      ...{ splits: { modules: ['base'], omitted: [], abis: ['arm64-v8a'] }, shapes: {}, warnings: [] },
    }
    const variants = [
      {
        ...variant,
        name: 'play-protected',
        state: 'active',
        number: 1,
        created_at: '2026-11-01T00:00:00.000Z',
      },
      { ...variant, name: 'galaxy', state: 'pending', number: null, created_at: '2026-11-02T00:00:00.000Z' },
    ]
    await page.route('**/console/v1/apps/com.example.shop/builds/1.5.0', (route) =>
      route.fulfill({ json: { ...build, variants, first_ended_at: '2026-11-03T00:00:00.000Z' } }),
    )
    await shared.visit(page, 'apps/com.example.shop/builds/1.5.0')
    const rows = page.getByRole('region', { name: 'Variants' }).getByRole('listitem')
    expect((await rows.allInnerTexts()).map((text) => text.split(/\s+/)[0])).toEqual([
      'ended',
      'active',
      'pending',
    ])
    expect(await rows.nth(1).innerText()).toMatch(/play-protected arm64-v8a; digest abab/)
    expect(await rows.first().getByRole('button', { name: /^End/ }).count()).toBe(0)
    expect(await axeFindings(page)).toEqual([])
    const asked = page.waitForRequest('**/builds/1.5.0/activate?variant=galaxy')
    await rows.nth(2).getByRole('button', { name: 'Activate variant galaxy of build 1.5.0' }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.locator('.cli-line pre').innerText()).toBe(
      'assay build activate 1.5.0 --app com.example.shop --variant galaxy',
    )
    await dialog.getByRole('button', { name: 'Activate' }).click()
    expect((await asked).method()).toBe('POST')
    // The service knows no such variant.
    await dialog.getByRole('alert').waitFor()
    await close()
  })
}
