import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, launchChromium, type Browser } from '../../src/browsers/chromium.ts'
import { findFirefox, launchFirefox } from '../../src/browsers/firefox.ts'
import { buildConsole } from '../../../../tools/build-console.mjs'
import { startLivelyService, type LivelyService } from '../../src/console/lively-service.ts'
import { pagesOf, refusedTrace } from '../../src/console/screenshots.ts'
import { axeFindings, hostile, sharedConsole } from './opened.ts'
import { listCases } from './list-cases.ts'
import { policyCases } from './policy-cases.ts'
import { scopeCases } from './scope-cases.ts'
import { supportCases } from './support-cases.ts'

const chromium = findChromium()
const firefox = findFirefox()
if (chromium === undefined) console.log('not run: the console in Chromium: there is no Chromium')
if (firefox === undefined) console.log('not run: the console in Firefox: there is no Firefox')

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

  const shared = sharedConsole({
    get service() {
      return service
    },
    get browser() {
      return browser
    },
  })
  const { open, visit } = shared

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
    await page.getByText('the build has reached at least 400 users;').waitFor()
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

  listCases(shared)

  it('shows the audit log, what an act changed, and that the log is whole', async () => {
    const { page, close } = await open()
    await visit(page, 'audit')
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.getByText(/All \d+ entries are whole/).waitFor()
    await page.getByLabel(/^Head of an earlier verification/).fill(`1:${'A'.repeat(43)}`)
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.getByText(/Entry 1 is not the one that was kept/).waitFor()
    await page.getByLabel('Action', { exact: true }).fill('policy.put')
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

  supportCases(shared)
  scopeCases(shared)

  policyCases(shared)

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
    await page.getByRole('button', { name: 'Create a key' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Create a key')
    await close()
  })
})

describe.skipIf(firefox === undefined)('in Firefox', () => {
  it('signs in over plain HTTP on loopback, and shows every page', async () => {
    const browser = await launchFirefox(firefox as string)
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
