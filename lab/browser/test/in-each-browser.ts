import { findChromium, launchChromium } from '../src/browsers/chromium.ts'
import { findFirefox, launchFirefox } from '../src/browsers/firefox.ts'

/** What the drivers of both browsers have in common. */
export interface AnyPage {
  goto(url: string): Promise<unknown>
  click(selector: string): Promise<unknown>
  evaluate<T>(look: () => T | Promise<T>): Promise<T>
}

export interface AnyBrowser {
  /** Somebody without history, who may open several pages. */
  visitor(): Promise<{ open(): Promise<AnyPage> }>
  close(): Promise<void>
}

const [chromium, firefox] = [findChromium(), findFirefox()]

/** The browsers of this machine, by their names. */
export const browsers: Readonly<Record<string, () => Promise<AnyBrowser>>> = {
  ...(chromium !== undefined && {
    async Chromium() {
      const browser = await launchChromium(chromium)
      return {
        async visitor() {
          const profile = await browser.newContext()
          return { open: () => profile.newPage() }
        },
        close: () => browser.close(),
      }
    },
  }),
  ...(firefox !== undefined && {
    async Firefox() {
      const browser = await launchFirefox(firefox)
      return {
        async visitor() {
          const profile = await browser.createBrowserContext()
          return { open: () => profile.newPage() }
        },
        close: () => browser.close(),
      }
    },
  }),
}
