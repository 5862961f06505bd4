import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from '../../src/browsers/chromium.ts'
import type { LivelyService } from '../../src/console/lively-service.ts'
import { signIn, sizes } from '../../src/console/screenshots.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A name that would be markup if the page took it for that. */
export const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>'

/** Cookies of a session for each key, which the tests of a file share: signing in by the form takes a second each time. */
const sessions = new Map<string, Awaited<ReturnType<ReturnType<Page['context']>['cookies']>>>()

interface Look extends NonNullable<Parameters<Browser['newContext']>[0]> {
  /** Of a test that ends it; default: shared. */
  ownSession?: boolean
}

/** What the cases of one file share: a service and a browser, and how they look at a page. */
export interface SharedConsole {
  readonly service: LivelyService
  readonly browser: Browser
  open(size?: keyof typeof sizes, colorScheme?: 'light' | 'dark'): ReturnType<typeof openConsole>
  visit(page: Page, at: string): Promise<void>
}

/** @param given what is there once the cases run */
export function sharedConsole(given: Pick<SharedConsole, 'service' | 'browser'>): SharedConsole {
  return {
    get service() {
      return given.service
    },
    get browser() {
      return given.browser
    },
    open: (size = 'wide', colorScheme = 'light') =>
      openConsole(given.browser, given.service, { viewport: sizes[size], colorScheme }),
    visit: (page, at) => visitConsole(page, given.service, at),
  }
}

/** Signed in, in a profile of its own, with no page yet. `faults`: what breaks the policy for content, and errors that nothing caught. */
export async function openConsole(
  browser: Browser,
  service: Pick<LivelyService, 'consoleUrl' | 'adminKey'>,
  { ownSession = false, ...look }: Look,
) {
  // Playwright's own scripts are not the page's, and neither are those of axe.
  const context = await browser.newContext(look)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedHTML|TrustedScript/i.test(message.text())) faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(String(error)))
  const name = `${service.consoleUrl} ${service.adminKey}`
  const shared = ownSession ? undefined : sessions.get(name)
  if (shared === undefined) {
    await signIn(page, service)
    if (!ownSession) sessions.set(name, await context.cookies())
  } else await context.addCookies(shared)
  return { page, faults, close: () => context.close() }
}

export async function visitConsole(
  page: Page,
  { consoleUrl }: Pick<LivelyService, 'consoleUrl'>,
  at: string,
) {
  await page.goto(`${consoleUrl}/console/${at}`)
  await page.locator('#main h1').waitFor()
  await page.waitForFunction(() => document.querySelector('.loading') === null)
}

export const axeFindings = (page: Page) =>
  page.evaluate<string[]>(
    `${axe}; axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')))`,
  )

/** By the one search of every page. */
export async function searchFor(page: Page, text: string): Promise<void> {
  const field = page.getByLabel('Find anything')
  await field.fill(text)
  await field.press('Enter')
}
