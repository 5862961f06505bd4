import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, launchChromium, type Browser, type Page } from '@assay/browser'
import { buildConsole } from '../../../tools/build-console.mjs'
import { startLivelyService, type LivelyService } from '../src/lively-service.ts'
import { sizes } from '../src/screenshots.ts'
import { openConsole, visitConsole } from './opened.ts'

const chromium = findChromium()
if (chromium === undefined) console.log('not run: work in hand in the console: there is no Chromium')

describe.skipIf(chromium === undefined)('what somebody is at work on in the console', () => {
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

  const open = async (at: string) => {
    const { page, close } = await openConsole(browser, service, { viewport: sizes.wide })
    // Time goes on as ever, and can be made to leap.
    await page.clock.install()
    await visitConsole(page, service, at)
    return { page, close }
  }
  const signInHeading = (page: Page) => page.getByRole('heading', { level: 1, name: 'Sign in' })

  it('goes on after signing in again, once a session has ended', async () => {
    const { page, close } = await open('')
    await page.context().clearCookies()
    await page.clock.fastForward(16_000)
    await signInHeading(page).waitFor()
    await page.getByLabel('API key').fill(service.adminKey)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    await page.waitForFunction(() => document.querySelector('.loading') === null)
    await page.clock.fastForward(16_000)
    await page.getByRole('link', { name: 'API keys' }).click()
    await page.getByRole('heading', { level: 1, name: 'API keys' }).waitFor()
    expect(await signInHeading(page).count()).toBe(0)
    await close()
  })
})
