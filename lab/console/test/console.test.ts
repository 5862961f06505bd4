import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import puppeteer from 'puppeteer-core'
import { findChromium, launchChromium, type Browser, type Page } from '@assay/browser'
import { policyIdPattern } from '@assay/protocol'
import { writeZip } from '@assay/testkit'
import { buildConsole } from '../../../tools/build-console.mjs'
import { startLivelyService, type LivelyService } from '../src/lively-service.ts'
import { pagesOf, refusedTrace, sizes } from '../src/screenshots.ts'
import { axeFindings, openConsole, visitConsole } from './opened.ts'

const chromium = findChromium()
const firefox = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find((file) => existsSync(file))
if (chromium === undefined) console.log('not run: the console in Chromium: there is no Chromium')
if (firefox === undefined) console.log('not run: the console in Firefox: there is no Firefox')
const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>'

let service: LivelyService
beforeAll(async () => {
  await buildConsole()
  service = await startLivelyService({ minutes: 4 })
  await service.operator('POST', '/v1/apps', { id: 'com.example.hostile', platform: 'web', name: hostile })
  await service.operator('POST', '/v1/keys', { name: hostile, scope: 'read' })
  const { document } = await service.operator<{ document: object }>('GET', '/v1/policies/balanced')
  await service.operator('PUT', '/v1/policies/hostile', { ...document, name: hostile, description: hostile })
})
afterAll(() => service.close())

describe.skipIf(chromium === undefined)('in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium(chromium as string)
  })
  afterAll(() => browser.close())

  const open = (size: keyof typeof sizes = 'wide', colorScheme: 'light' | 'dark' = 'light') =>
    openConsole(browser, service, { viewport: sizes[size], colorScheme })
  const visit = (page: Page, at: string) => visitConsole(page, service, at)

  it('finds a fault that is put in, and hears of a breach of the policy for content', async () => {
    const { page, faults, close } = await open()
    await visit(page, 'apis')
    expect(faults).toEqual([])
    await page.evaluate(() => {
      const image = document.createElement('img')
      image.src = 'https://elsewhere.example/image.png'
      document.querySelector('main')?.append(image)
    })
    await expect.poll(() => faults.length).toBe(1)
    expect(faults[0]).toContain('img-src')
    expect(await axeFindings(page)).toEqual([expect.stringMatching(/^image-alt: /)])
    await close()
  })

  it.each([
    ['wide', 'light'],
    ['narrow', 'dark'],
  ] as const)(
    'axe finds nothing on any page, %s and %s, and nothing breaks the policy for content',
    async (size, scheme) => {
      const { page, faults, close } = await open(size, scheme)
      for (const [name, at] of Object.entries(pagesOf(await refusedTrace(service)))) {
        await visit(page, at)
        const overflows = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
        expect.soft(overflows, `${name} is wider than the screen`).toBe(false)
        expect.soft(faults, name).toEqual([])
        expect.soft(await axeFindings(page), name).toEqual([])
        faults.length = 0
      }
      await close()
    },
  )

  it('text of others is never markup', async () => {
    const { page, faults, close } = await open()
    for (const at of [
      'apps',
      'apps/com.example.hostile',
      'keys',
      'bans',
      'policies',
      'policies/hostile',
      'audit',
      'refusals?build=%3Cimg%20src%3Dx%3E',
    ]) {
      await visit(page, at)
      expect(await page.locator('img[src="x"]').count(), at).toBe(0)
      expect(await page.title()).toMatch(/Assay console$/)
    }
    await visit(page, 'apps')
    expect(await page.getByText(hostile).first().isVisible()).toBe(true)
    expect(faults).toEqual([])
    await close()
  })

  it('what a device sent with its refusal is never markup', async () => {
    const { page, faults, close } = await open()
    const { attestations } = await service.operator<{ attestations: { trace: string }[] }>(
      'GET',
      '/v1/attestations?outcome=denied&limit=1',
    )
    const [{ trace }] = attestations as [{ trace: string }]
    const shown = await service.operator<object>('GET', `/v1/attestations/${trace}`)
    await page.route(`**/console/v1/attestations/${trace}`, (route) =>
      route.fulfill({ json: { ...shown, build: hostile, code: hostile, segments: [hostile] } }),
    )
    await visit(page, `attestations/${trace}`)
    expect(await page.getByText(hostile).count()).toBeGreaterThan(1)
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    expect(await page.title()).toMatch(/Assay console$/)
    expect(faults).toEqual([])
    await close()
  })

  it('says of a roll-out whom it refuses and why, which OS version, and whether it is safe to enforce', async () => {
    const { page, faults, close } = await open('narrow')
    const shop = 'com.example.shop'
    const shown = await service.operator<{ build: object; safe_to_enforce: object }>(
      'GET',
      `/v1/apps/${shop}/rollout`,
    )
    const refused = { passed: 3, refused: 41, before: { passed: 40, refused: 0 } }
    await page.route(`**/console/v1/apps/${shop}/rollout?*`, (route) =>
      route.fulfill({
        json: {
          ...shown,
          build: {
            ...shown.build,
            ...{ reached: 5_000, passed: 4_960, refused: 41, approximate: true },
            reasons: [{ code: hostile, installations: 41 }],
          },
          os_versions: [{ os_version: 'Android 16', ...refused }],
          safe_to_enforce: {
            ...shown.safe_to_enforce,
            doubts: [{ kind: 'os_version', installations: 41, of: 'Android 16' }],
          },
        },
      }),
    )
    await visit(page, `rollout?app=${shop}`)
    await page.getByText('41 users of Android 16 are refused.').waitFor()
    await page.getByText('the build has reached at least 400 users').waitFor()
    expect(await page.locator('dd', { hasText: 'about 5,000' }).count()).toBe(1)
    const versions = page.getByRole('region', { name: 'Users by OS version' })
    expect(await versions.getByRole('row').last().innerText()).toMatch(/Android 16\s+3\s+41\s+0/)
    expect(await axeFindings(page)).toEqual([])
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    // By keyboard: another time, then what a stricter policy would cost.
    await page.getByLabel('Within the').focus()
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => page.url(), { timeout: 10_000 }).toMatch(/hours=(?:%22)?168/)
    const attempt = page.getByRole('button', { name: 'Try it' })
    await attempt.focus()
    await page.keyboard.press('Enter')
    await page.getByText('Would be refused').waitFor()
    expect(faults).toEqual([])
    await close()
  })

  it('lists what is kept of refusals by what is asked, with the way to each', async () => {
    const { page, close } = await open()
    await visit(page, 'refusals')
    await page.getByLabel('Reason').fill('HARDWARE_EVIDENCE_MISSING')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.waitForURL(/code=HARDWARE_EVIDENCE_MISSING/)
    await expect.poll(() => page.getByRole('link', { name: 'SOFTWARE_SEGMENT_MISMATCH' }).count()).toBe(0)
    await page.getByRole('link', { name: 'HARDWARE_EVIDENCE_MISSING' }).first().click()
    await page.getByRole('heading', { level: 1, name: 'One attestation' }).waitFor()
    await page.getByText('What to do').waitFor()
    await visit(page, 'refusals?app=com.example.nobody')
    await page.getByText('Nothing like that is kept').waitFor()
    await close()
  })

  it('saves what is listed between two dates, as CSV without formulas and as JSON', async () => {
    const { page, close } = await open()
    const attestations = [
      {
        trace: 't',
        at: '2026-11-02T00:00:00.000Z',
        app: 'a',
        build: '=HYPERLINK("x")',
        outcome: 'denied',
        code: 'C',
      },
    ]
    await visit(page, 'refusals')
    await page.getByLabel(/^From/).fill('2026-11-01T12:00')
    await page.getByLabel(/^Until/).fill('2026-11-03T12:00')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.waitForURL(/until=/)
    const asked: URLSearchParams[] = []
    await page.route('**/console/v1/attestations?*', (route) => {
      asked.push(new URL(route.request().url()).searchParams)
      return route.fulfill({ json: { attestations } })
    })
    const save = async (format: string) => {
      const download = page.waitForEvent('download')
      await page.getByRole('button', { name: `Export as ${format}` }).click()
      const file = await download
      return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') }
    }
    const csv = await save('CSV')
    expect(csv.name).toMatch(/^assay-refusals-.*Z\.csv$/)
    expect(csv.text).toBe(
      `at,outcome,code,app,build,trace\r\n2026-11-02T00:00:00.000Z,denied,C,a,"'=HYPERLINK(""x"")",t\r\n`,
    )
    expect(JSON.parse((await save('JSON')).text)).toEqual(attestations)
    expect(asked.map((query) => [query.get('since'), query.get('until')])).toEqual(
      Array.from({ length: 2 }, () =>
        ['2026-11-01T12:00', '2026-11-03T12:00'].map((at) => new Date(at).toISOString()),
      ),
    )
    await page.getByText('Saved 1').waitFor()
    expect(await axeFindings(page)).toEqual([])
    await close()
  })

  it('shows exact times with their zone by one choice or a press, and in full where one thing is shown', async () => {
    const { page, close } = await openConsole(browser, service, {
      viewport: sizes.narrow,
      timezoneId: 'Asia/Kolkata',
      hasTouch: true,
    })
    const exact = /[A-Z][a-z]{2} \d+, \d{4},? \d\d:\d\d:\d\d GMT\+5:30/
    await visit(page, 'refusals')
    const when = page.getByRole('row').nth(1).locator('.time')
    expect(await when.innerText()).toMatch(/ago|now/)
    await when.tap()
    await expect.poll(async () => (await when.innerText()).replaceAll(/\s+/g, ' ')).toMatch(exact)
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Navigation' }).click()
    await page.getByLabel('Times').selectOption({ label: 'Exact, in UTC' })
    await expect.poll(() => when.innerText()).toMatch(/UTC$/)
    await visit(page, `attestations/${(await refusedTrace(service)).trace}`)
    expect(await page.locator('.outcome-head').innerText()).toMatch(/ago \(.*UTC\)/)
    await close()
  })

  it('has a heading where there is no page, and the way to one', async () => {
    const { page, close } = await open()
    await visit(page, 'apps/com.example.shop/nothing/here')
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Page not found')
    expect(await page.title()).toBe('Page not found · Assay console')
    await page.getByRole('main').getByRole('link', { name: 'Overview' }).click()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    await close()
  })

  it('names what a dialog does and to whom, and no option of a command line where something is wrong', async () => {
    const { page, close } = await open()
    await visit(page, 'apps/com.example.shop')
    await page.getByRole('button', { name: 'Retire build 1.5.0 of com.example.shop' }).click()
    const dialog = page.getByRole('dialog', { name: 'Retire build 1.5.0 of com.example.shop?' })
    await page.route('**/retire', (route) =>
      route.fulfill({
        status: 400,
        json: {
          title: 'The request has another form',
          code: 'request_invalid',
          errors: [{ pointer: '/token_lifetime', code: 'too_big' }],
        },
      }),
    )
    await dialog.getByRole('button', { name: 'Retire', exact: true }).click()
    const problem = await dialog.getByRole('alert').innerText()
    expect(problem).toContain('token lifetime:')
    expect(problem).not.toContain('--')
    await close()
  })

  it('names the policy that an app has by default', async () => {
    const { page, close } = await open()
    await visit(page, 'apps')
    await page.getByRole('cell', { name: 'balanced (default)' }).waitFor()
    await visit(page, 'policies/balanced')
    const words = page.getByRole('region', { name: 'Rules' })
    expect(await words.innerText()).toContain('is at most 30 days')
    expect(await words.innerText()).not.toContain('2592000')
    await close()
  })

  it('shows the audit log, what an act changed, and that the log is whole', async () => {
    const { page, close } = await open()
    await visit(page, 'audit')
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.getByText(/All \d+ entries are whole/).waitFor()
    await page.getByLabel('Head that was kept').fill(`1:${'A'.repeat(43)}`)
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.getByText(/Entry 1 is not the one that was kept/).waitFor()
    await page.getByLabel('Act', { exact: true }).fill('policy.put')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page
      .getByRole('button', { name: /Details of entry \d+/ })
      .first()
      .click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('"description"').first().waitFor()
    expect(await axeFindings(page)).toEqual([])
    await close()
  })

  it('bans an installation with a note and an end, lets a test device through, and takes both back', async () => {
    const { page, close } = await open()
    const device = await service.devices.browser('1.5.0')
    const { token } = await device.client.getToken()
    device.close()
    const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
    const { installation } = JSON.parse(claims) as { installation: string }
    await visit(page, 'bans?app=com.example.shop')
    for (const [form, button, list, undo] of [
      ['Ban an installation', 'Ban', 'Bans of com.example.shop', 'Lift'],
      ['Let a test device through', 'Let through', 'Test devices of com.example.shop', 'Remove'],
    ] as const) {
      const section = page.getByRole('region', { name: form })
      await section.getByLabel(/^Installation/).fill(installation)
      await section.getByLabel(/^Why/).fill(hostile)
      await section.getByLabel(/^Days/).fill('30')
      await section.getByRole('button', { name: button, exact: true }).click()
      const row = page.getByRole('region', { name: list }).getByRole('row', { name: /in 30 days/ })
      await row.waitFor()
      expect(await row.innerText()).toContain('<img')
      const cut = row.getByRole('cell').filter({ hasText: '<img' })
      await cut.hover()
      expect(await cut.getAttribute('title')).toBe(hostile)
      expect(await axeFindings(page)).toEqual([])
      await row.getByRole('button', { name: undo }).click()
      const dialog = page.getByRole('dialog')
      expect(await dialog.innerText()).toMatch(/Why\s+<img[^]*By key[^]*Ends\s+in 30 days/)
      expect(await axeFindings(page)).toEqual([])
      await dialog.getByRole('button', { name: undo }).click()
      await row.waitFor({ state: 'detached' })
    }
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    await close()
  })

  it('tells whoever may only look all of a ban, on a narrow screen too', async () => {
    const { id, secret } = await service.operator<{ id: string; secret: string }>('POST', '/v1/keys', {
      name: 'looks',
      scope: 'read',
    })
    const asked = {
      key: 'A'.repeat(43),
      note: 'sold on a market place, with the account of somebody else',
      expires_at: new Date(Date.now() + 30 * 86_400_000).toISOString(),
    }
    const audience = 'https://api.example.com'
    const allowed = { ...asked, audience }
    await service.operator('POST', '/v1/apps/com.example.shop/allow', allowed)
    const { page, close } = await openConsole(
      browser,
      { ...service, adminKey: secret },
      { viewport: sizes.narrow },
    )
    await visit(page, 'bans?app=com.example.shop')
    const row = page.getByRole('row', { name: /in 30 days/ })
    await row.getByRole('button', { name: /^Details of the test device/ }).click()
    const shown = await page.getByRole('dialog').innerText()
    for (const part of [asked.note, audience, 'By key', 'in 30 days']) expect(shown).toContain(part)
    expect(await axeFindings(page)).toEqual([])
    await close()
    const { entries } = await service.operator<{ entries: { installation: string }[] }>(
      'GET',
      '/v1/apps/com.example.shop/allow',
    )
    for (const { installation } of entries)
      await service.operator(
        'DELETE',
        `/v1/apps/com.example.shop/allow/${installation}?audience=${encodeURIComponent(audience)}`,
      )
    await service.operator('DELETE', `/v1/keys/${id}`)
  })

  it('registers an app, a build with its progress, and an API, changes them and removes them', async () => {
    const { page, close } = await open('narrow')
    const app = 'com.example.new'
    const dialog = page.getByRole('dialog')
    const line = dialog.locator('.cli-line pre')
    await visit(page, 'apps')
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
      `assay build add build.zip --app ${app} --id 1.0 --version-code 1 --expires 30d`,
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
    await page.getByRole('region', { name: 'Variants' }).getByText('There is none').waitFor()
    await page.getByRole('cell', { name: 'app.js' }).waitFor()
    await page.getByRole('button', { name: `Change build 1.0 of ${app}` }).click()
    await dialog.getByLabel('Channel').selectOption('beta')
    expect(await line.innerText()).toBe(`assay build update 1.0 --app ${app} --channel beta`)
    await dialog.getByRole('button', { name: 'Change' }).click()
    await page.locator('.properties').getByText('beta').waitFor()
    expect(await axeFindings(page)).toEqual([])

    const audience = 'https://new.example.com'
    await visit(page, 'apis')
    await page.getByRole('button', { name: 'Register an API' }).click()
    await dialog.getByLabel(/^Its URL/).fill(audience)
    await dialog.getByLabel(app).check()
    await dialog.getByRole('button', { name: 'Register' }).click()
    // There is no default for tiers: the service says so, in words.
    await dialog.getByRole('alert').getByText('tiers').waitFor()
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

    await visit(page, `apps/${app}`)
    await page.getByRole('button', { name: `Edit ${app}` }).click()
    await dialog.getByLabel('Platform evidence, as JSON').fill('{')
    await dialog.getByText('Not JSON').waitFor()
    expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: `Remove ${app} and all its builds` }).click()
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('heading', { level: 1, name: 'Apps and builds' }).waitFor()
    expect(await page.getByRole('link', { name: 'The new one' }).count()).toBe(0)
    await close()
  })

  it('lists the variants of a build, and ends or activates one by its name', async () => {
    const { page, close } = await open()
    const build = await service.operator<object>('GET', '/v1/apps/com.example.shop/builds/1.5.0')
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
    await visit(page, 'apps/com.example.shop/builds/1.5.0')
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

  it('leads from a refusal to its device, lets it through, bans it and forgets it, saying what remains', async () => {
    const { page, close } = await open()
    const { trace, app, key } = await refusedTrace(service)
    const dialog = page.getByRole('dialog')
    await visit(page, `attestations/${trace}`)
    await page.getByRole('link', { name: key }).click()
    await page.getByRole('heading', { level: 1, name: 'One installation' }).waitFor()
    const device = page.getByRole('region', { name: 'The device' })
    expect(await device.innerText()).toMatch(/Vouched for\s+[^]*Only said/)
    const standing = page.getByRole('region', { name: 'Bans and exceptions' })
    // Such a tier is excluded, until an admin says otherwise.
    await standing.getByText('the app lets nobody with this tier through').waitFor()
    await service.operator('PATCH', `/v1/apps/${app}`, { let_through_tiers: ['contraindicated'] })
    await page.reload()
    await standing
      .getByRole('button', { name: /^Let through/ })
      .first()
      .click()
    await dialog.getByRole('heading', { name: `Let through installation ${key.slice(0, 12)}…` }).waitFor()
    expect(await dialog.innerText()).toMatch(/allowListed: true[^]*may be the attack/)
    await dialog.getByLabel(/^Hours/).fill('25')
    expect(await dialog.getByRole('button', { name: 'Let through' }).isDisabled()).toBe(true)
    await dialog.getByLabel(/^Hours/).fill('2')
    await dialog.getByLabel(/^Why/).fill(hostile)
    expect(await dialog.locator('.cli-line pre').innerText()).toContain('--expires-in 2h')
    expect(await axeFindings(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Let through' }).click()
    await standing.getByText('by support, as').waitFor()
    await page.getByRole('button', { name: /^Ban installation/ }).click()
    await dialog.getByRole('button', { name: 'Ban' }).click()
    await standing.getByText('banned', { exact: true }).first().waitFor()
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('button', { name: /^Forget installation/ }).click()
    await dialog.getByText('otherwise forgetting would lift a ban', { exact: false }).waitFor()
    await dialog.getByRole('button', { name: 'Forget' }).click()
    await dialog.getByText('Remain: one ban', { exact: false }).waitFor()
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('heading', { level: 1, name: 'Installations' }).waitFor()
    await page.getByLabel('Name').fill(trace)
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    const { bans } = await service.operator<{ bans: { kind: string; vouching_key: string }[] }>(
      'GET',
      `/v1/apps/${app}/bans`,
    )
    await service.operator('PATCH', `/v1/apps/${app}`, { let_through_tiers: ['warning'] })
    for (const { kind, vouching_key: id } of bans)
      await service.operator('DELETE', `/v1/apps/${app}/bans/${kind}/${id}`)
    await close()
  })

  it('shows a support key installations, refusals and bans of its apps, and nothing else', async () => {
    const { id, secret } = await service.operator<{ id: string; secret: string }>('POST', '/v1/keys', {
      name: 'desk',
      scope: 'support',
      apps: ['com.example.shop'],
    })
    const { attestations } = await service.operator<{
      attestations: { trace: string; key: string | null }[]
    }>('GET', '/v1/attestations?app=com.example.shop&outcome=denied&limit=50')
    const refusal = attestations.find(({ key }) => key !== null)
    const other = await refusedTrace(service)
    const context = await browser.newContext({ viewport: sizes.wide })
    const page = await context.newPage()
    await page.goto(`${service.consoleUrl}/console/`)
    await page.getByLabel('API key').fill(secret)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Installations' }).waitFor()
    const navigation = page.getByRole('navigation', { name: 'Console' }).getByRole('link')
    expect((await navigation.allInnerTexts()).map((text) => text.trim())).toEqual([
      'Refusals',
      'Installations',
      'Bans and test devices',
    ])
    await page.getByLabel('Name').fill(other.trace)
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Name').fill(refusal?.trace ?? '')
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByRole('heading', { level: 1, name: 'One installation' }).waitFor()
    // It was made without the right to let anybody through.
    await page.getByRole('button', { name: /^Ban installation/ }).waitFor()
    expect(await page.getByRole('button', { name: /^Let through/ }).count()).toBe(0)
    await page.getByRole('link', { name: 'Refusals' }).click()
    await page.getByRole('heading', { level: 1, name: 'Refusals' }).waitFor()
    await page.getByRole('link', { name: 'SOFTWARE_SEGMENT_MISMATCH' }).first().click()
    await page.getByText('What to do').waitFor()
    expect(await page.getByRole('region', { name: 'APIs that the app may call' }).count()).toBe(0)
    expect(await axeFindings(page)).toEqual([])
    await context.close()
    await service.operator('DELETE', `/v1/keys/${id}`)
  })

  it('takes the ids of new policies that the service takes', async () => {
    const { page, close } = await open()
    await visit(page, 'policies')
    const field = page.getByLabel('Its id')
    for (const id of [
      'ours',
      'our-own',
      '0',
      'a'.repeat(64),
      'Ours',
      'our.own',
      'our_own',
      '-ours',
      'a'.repeat(65),
    ]) {
      await field.fill(id)
      const isTaken = await field.evaluate((input) => (input as HTMLInputElement).checkValidity())
      expect(isTaken, id).toBe(policyIdPattern.test(id))
    }
    await close()
  })

  it('tries a policy before it counts, compares its versions, and rolls back', async () => {
    const { page, close } = await open()
    const { document } = await service.operator<{ document: { rules: object[] } }>(
      'GET',
      '/v1/policies/software-only',
    )
    const rule = { when: "software.build != '0'", tier: 'contraindicated', reason: 'X_EVERYTHING' }
    await service.operator('PUT', '/v1/policies/ours', document)
    await service.operator('PUT', '/v1/policies/ours', { ...document, rules: [rule, ...document.rules] })
    await visit(page, 'policies/ours')
    await page.getByLabel('App', { exact: true }).selectOption('com.example.shop')
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByText('Would be refused').waitFor()
    await page.getByText('X_EVERYTHING').nth(1).waitFor()
    await page.getByRole('listitem').filter({ hasText: 'Added: ' }).waitFor()
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Roll back' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
    await page.getByText('Version 3').first().waitFor()
    const now = await service.operator<{ version: number; document: object }>('GET', '/v1/policies/ours')
    expect(now).toMatchObject({ version: 3, document })
    await close()
  })

  it('lets a policy judge in the shadow, and takes it back', async () => {
    const { page, close } = await open()
    const shadow = async () =>
      (await service.operator<{ shadow_policy: string | null }>('GET', '/v1/apps/com.example.shop'))
        .shadow_policy
    const choose = async (policy: string) => {
      await page.getByRole('button', { name: 'Change' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Policy').selectOption(policy)
      await dialog.getByRole('button', { name: 'Change' }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    await visit(page, 'apps/com.example.shop')
    await choose('software-only')
    await page.getByText('Would refuse, and passed').waitFor()
    expect(await axeFindings(page)).toEqual([])
    expect(await shadow()).toBe('software-only')
    await choose('')
    await page.getByText('This app has none.').waitFor()
    expect(await shadow()).toBeNull()
    await close()
  })

  it('shows what happens as it happens', async () => {
    const { page, close } = await open()
    await visit(page, 'attestations')
    await page
      .getByRole('row', { name: /passed/ })
      .first()
      .waitFor()
    const strangers = page.getByRole('row', { name: /9\.9\.9-live/ })
    expect(await strangers.count()).toBe(0)
    const stranger = await service.devices.browser('9.9.9-live')
    await expect(stranger.client.getToken()).rejects.toThrow()
    stranger.close()
    await strangers.waitFor()
    // Rows in sight only are in the document, and the table says how many there are.
    const count = async () => Number(await page.getByRole('table').getAttribute('aria-rowcount'))
    const before = await count()
    const genuine = await service.devices.browser('1.5.0')
    await genuine.client.getToken()
    genuine.close()
    await expect.poll(count).toBe(before + 1)
    expect(await page.locator('tr[aria-rowindex="2"]').innerText()).toMatch(/passed[^]*1\.5\.0/)
    await close()
  })

  it('holds a hundred thousand rows, and draws those in sight', async () => {
    const { page, close } = await open()
    const keys = Array.from({ length: 100_000 }, (_, i) => ({
      id: `key-${i}`,
      name: `key ${i}`,
      scope: 'read',
      apps: [],
      public_key: null,
      let_through: false,
      prefix: 'assay_aaaa',
      created_at: '2026-11-27T00:00:00.000Z',
      expires_at: null,
      last_used_at: null,
      refused: i === 1,
    }))
    await page.route('**/console/v1/keys?*', (route) => route.fulfill({ json: { keys } }))
    await visit(page, 'keys')
    const table = page.getByRole('group', { name: 'API keys', exact: true })
    await page.getByRole('cell', { name: 'key 0', exact: true }).waitFor()
    expect(await page.locator('tbody tr').count()).toBeLessThan(80)
    // A row that somebody else wrote to the database is marked, and no other.
    expect(await page.getByText('refused: not written by the service').count()).toBe(1)
    await page.getByRole('cell', { name: 'key 1 refused: not written by the service', exact: true }).waitFor()
    await table.evaluate((element) => element.scrollTo(0, element.scrollHeight))
    await page.getByRole('cell', { name: 'key 99999', exact: true }).waitFor()
    expect(await page.locator('tbody tr').count()).toBeLessThan(80)
    await close()
  })

  it('keeps its cookie from pages of another port, though they are of the same site', async () => {
    const { page, close } = await open()
    const other = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end('<p>other'),
    )
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`)
    const seen = await page.evaluate(async (url) => {
      const read = await fetch(url, { credentials: 'include' }).then(
        ({ status }) => String(status),
        () => 'blocked',
      )
      return { read, cookie: document.cookie }
    }, `${service.consoleUrl}/console/v1/apps`)
    expect(seen).toEqual({ read: 'blocked', cookie: '' })
    other.close()
    await close()
  })

  it('is worked by keyboard alone', async () => {
    const { page, close } = await open()
    await visit(page, 'keys')
    await page.getByRole('button', { name: 'Make a key' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Make a key')
    await close()
  })
})

describe.skipIf(firefox === undefined)('in Firefox', () => {
  it('signs in over plain HTTP on loopback, and shows every page', async () => {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: firefox as string,
      headless: true,
    })
    try {
      const page = await browser.newPage()
      await page.goto(`${service.consoleUrl}/console/`)
      await page.waitForSelector('input[type=password]')
      await page.type('input[type=password]', service.adminKey)
      await page.keyboard.press('Enter')
      await page.waitForSelector('nav a[aria-current=page]')
      for (const at of Object.values(pagesOf(await refusedTrace(service)))) {
        await page.goto(`${service.consoleUrl}/console/${at}`)
        await page.waitForSelector('#main h1')
        await page.waitForSelector('.loading', { hidden: true })
        expect(await page.$$('.problem'), at).toEqual([])
      }
    } finally {
      await browser.close()
    }
  })
})
