import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from '@assay/browser'
import type { LivelyService } from '../src/lively-service.ts'
import { signIn } from '../src/screenshots.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Signs in, in a profile of its own. `faults`: what breaks the policy for content, and errors that nothing caught. */
export async function openConsole(
  browser: Browser,
  service: Pick<LivelyService, 'consoleUrl' | 'adminKey'>,
  look: Parameters<Browser['newContext']>[0],
) {
  // Playwright's own scripts are not the page's, and neither are those of axe.
  const context = await browser.newContext(look)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedHTML|TrustedScript/i.test(message.text())) faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(String(error)))
  await signIn(page, service)
  return { page, faults, close: () => context.close() }
}

export async function visitConsole(
  page: Page,
  { consoleUrl }: Pick<LivelyService, 'consoleUrl'>,
  at: string,
) {
  await page.goto(`${consoleUrl}/console/${at}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForFunction(() => document.querySelector('.loading') === null)
}

export const axeFindings = (page: Page) =>
  page.evaluate<string[]>(
    `${axe}; axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')))`,
  )
