import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

export type { Browser, Page } from 'playwright-core'

/** Where Chromium is, or `undefined`: `CHROMIUM` in the environment, or where systems put it. */
export function findChromium(): string | undefined {
  return [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
    (file) => file !== undefined && existsSync(file),
  )
}

/**
 * Chromium without a window, with empty profiles, that connects only to the pages' servers.
 *
 * @param switches further command line switches
 */
export function launchChromium(executablePath: string, switches: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...switches,
    ],
  })
}

/** Chromium while something is done in it. @throws Error if there is none */
export async function inChromium<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const executable = findChromium()
  if (executable === undefined) throw new Error('there is no Chromium: set CHROMIUM')
  const browser = await launchChromium(executable)
  try {
    return await work(browser)
  } finally {
    await browser.close()
  }
}
