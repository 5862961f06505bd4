import { afterAll, beforeAll, describe } from 'vitest'
import { findChromium, launchChromium, type Browser } from '../../src/browsers/chromium.ts'
import { buildConsole } from '../../../../tools/build-console.mjs'
import { startLivelyService, type LivelyService } from '../../src/console/lively-service.ts'
import { lineCases } from './line-cases.ts'
import { sharedConsole } from './opened.ts'
import { registeringCases } from './registering-cases.ts'
import { walkCases } from './walk-cases.ts'

const chromium = findChromium()
if (chromium === undefined) console.log('not run: changes in the console: there is no Chromium')

/** They leave the service other than they found it, so no other file shares it. */
describe.skipIf(chromium === undefined)('what is changed in the console', () => {
  let service: LivelyService
  let browser: Browser
  beforeAll(async () => {
    await buildConsole()
    service = await startLivelyService({ minutes: 4 })
    browser = await launchChromium(chromium as string)
  })
  afterAll(async () => {
    await browser.close()
    await service.close()
  })
  const shared = sharedConsole({
    get service() {
      return service
    },
    get browser() {
      return browser
    },
  })

  walkCases(shared)
  registeringCases(shared)
  lineCases(shared)
})
