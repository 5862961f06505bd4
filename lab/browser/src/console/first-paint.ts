import { inChromium } from '../browsers/chromium.ts'
import type { LivelyService } from './lively-service.ts'

/** Milliseconds of each answer on the way, as over a satellite. */
const latency = 2_000

/**
 * Milliseconds until Chromium paints something of the console, over a connection that is there already and whose answers
 * take two seconds; nothing is cached.
 */
export async function measureFirstPaint({ consoleUrl }: Pick<LivelyService, 'consoleUrl'>): Promise<number> {
  return inChromium(async (browser) => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const network = await context.newCDPSession(page)
    // The connection: a page that is none of the console's files.
    await page.goto(`${consoleUrl}/console/assets/none`)
    await network.send('Network.enable')
    await network.send('Network.setCacheDisabled', { cacheDisabled: true })
    await network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency,
      downloadThroughput: -1,
      uploadThroughput: -1,
    })
    await page.goto(`${consoleUrl}/console/`, { waitUntil: 'commit' })
    return page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          new PerformanceObserver((list) => {
            for (const { name, startTime } of list.getEntries())
              if (name === 'first-contentful-paint') resolve(startTime)
          }).observe({ type: 'paint', buffered: true })
        }),
    )
  })
}
