import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, launchChromium, type Browser } from '../../src/browsers/chromium.ts'
import { buildConsole } from '../../../../tools/build-console.mjs'
import { startLivelyService, type LivelyService } from '../../src/console/lively-service.ts'
import { axeFindings, sharedConsole } from './opened.ts'

const chromium = findChromium()
if (chromium === undefined)
  it('needs Chromium', () => {
    console.log('not run: a page of the console: there is no Chromium')
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })

/** The page of `npm test`; `npm run test:all` opens the others. */
describe.skipIf(chromium === undefined)('a page of the console', () => {
  let service: LivelyService
  let browser: Browser
  beforeAll(async () => {
    await buildConsole()
    service = await startLivelyService({ minutes: 1 })
    browser = await launchChromium(chromium as string)
  })
  afterAll(async () => {
    await browser.close()
    await service.close()
  })

  const { open, visit } = sharedConsole({
    get service() {
      return service
    },
    get browser() {
      return browser
    },
  })

  it('shows what happens as it happens', async () => {
    const { page, faults, close } = await open()
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
    expect(await axeFindings(page)).toEqual([])
    expect(faults).toEqual([])
    await close()
  })
})
