import { existsSync } from 'node:fs'
import { launch, type Browser } from 'puppeteer-core'

/** Where Firefox is, or `undefined`: `FIREFOX` in the environment, or where systems put it. */
export function findFirefox(): string | undefined {
  return [process.env['FIREFOX'], '/usr/bin/firefox-esr', '/usr/bin/firefox'].find(
    (file) => file !== undefined && existsSync(file),
  )
}

/** Firefox without window, with an empty profile. */
export function launchFirefox(executablePath: string): Promise<Browser> {
  return launch({ browser: 'firefox', executablePath, headless: true })
}
