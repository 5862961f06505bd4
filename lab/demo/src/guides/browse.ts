import { findChromium, findFirefox, launchChromium, launchFirefox } from '@assay/browser'

/** Milliseconds within which a page must show the expected text. */
const patience = 60_000

/** The common part of both browsers' drivers, for an open page. */
interface Shown {
  text(): Promise<string>
  close(): Promise<void>
}

/**
 * The final text of the page, in each browser of this machine, without history: that of the first browser without the expected
 * text, or of the last browser. `undefined` if there is no browser.
 */
export async function browse(url: string, isShown: (text: string) => boolean): Promise<string | undefined> {
  let text: string | undefined
  for (const open of [openInChromium, openInFirefox]) {
    const page = await open(url)
    if (page === undefined) continue
    try {
      text = await textOf(page, isShown)
    } finally {
      await page.close()
    }
    if (!isShown(text)) return text
  }
  return text
}

async function textOf(page: Shown, isShown: (text: string) => boolean): Promise<string> {
  const late = AbortSignal.timeout(patience)
  let text = await page.text()
  while (!isShown(text) && !late.aborted) {
    await new Promise((resolve) => setTimeout(resolve, 200))
    text = await page.text()
  }
  return text
}

/** Hides the automation from the probe `js.automation`: nothing drives a reader's browser. */
async function openInChromium(url: string): Promise<Shown | undefined> {
  const executable = findChromium()
  if (executable === undefined) return undefined
  const browser = await launchChromium(executable, ['--disable-blink-features=AutomationControlled'])
  const [major] = browser.version().split('.')
  const userAgent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36`
  const page = await browser.newPage({ userAgent })
  await page.goto(url)
  return { text: () => page.innerText('body'), close: () => browser.close() }
}

async function openInFirefox(url: string): Promise<Shown | undefined> {
  const executable = findFirefox()
  if (executable === undefined) return undefined
  const browser = await launchFirefox(executable)
  const page = await browser.newPage()
  await page.evaluateOnNewDocument(() =>
    Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false }),
  )
  await page.goto(url)
  return { text: () => page.evaluate(() => document.body.innerText), close: () => browser.close() }
}
