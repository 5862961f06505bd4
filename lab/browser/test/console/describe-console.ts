import { afterAll, beforeAll, describe } from 'vitest'
import { buildConsole } from '../../../../tools/build-console.mjs'
import { launchChromium, type Browser } from '../../src/browsers/chromium.ts'
import { startLivelyService, type LivelyService } from '../../src/console/lively-service.ts'
import { chromium, needsChromium } from '../needs-chromium.ts'
import { sharedConsole, type SharedConsole } from './opened.ts'

/** Cases in Chromium over a service with as many minutes of data, which no other file shares. */
export function describeConsole(what: string, minutes: number, cases: (shared: SharedConsole) => void): void {
  needsChromium(what)
  describe.skipIf(chromium === undefined)(what, () => {
    let service: LivelyService
    let browser: Browser
    beforeAll(async () => {
      await buildConsole()
      service = await startLivelyService({ minutes })
      browser = await launchChromium(chromium as string)
    })
    afterAll(async () => {
      await browser.close()
      await service.close()
    })
    cases(
      sharedConsole({
        get service() {
          return service
        },
        get browser() {
          return browser
        },
      }),
    )
  })
}
