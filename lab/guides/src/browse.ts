import { findChromium, launchChromium, type Browser, type Page } from '@assay/browser'

/** Milliseconds that a page has to show what it should. */
const patience = 60_000

/** Text that the page shows in the end, in a browser without history; `undefined` where there is no Chromium. */
export async function browse(url: string, isShown: (text: string) => boolean): Promise<string | undefined> {
  const executable = findChromium()
  if (executable === undefined) return undefined
  const browser = await launchChromium(executable, ['--disable-blink-features=AutomationControlled'])
  try {
    const page = await openAsPerson(browser)
    await page.goto(url)
    const late = AbortSignal.timeout(patience)
    let text = await page.innerText('body')
    while (!isShown(text) && !late.aborted) {
      await page.waitForTimeout(200)
      text = await page.innerText('body')
    }
    return text
  } finally {
    await browser.close()
  }
}

/** The reader's browser is driven by nobody, and the probe `js.automation` would find that this one is. */
function openAsPerson(browser: Browser): Promise<Page> {
  const [major] = browser.version().split('.')
  const userAgent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36`
  return browser.newPage({ userAgent })
}
