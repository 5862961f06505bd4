import { expect, it } from 'vitest'
import { sizes } from '../../src/console/screenshots.ts'
import type { Page } from '../../src/browsers/chromium.ts'
import { describeConsole } from './describe-console.ts'
import { axeFindings, openConsole, visitConsole } from './opened.ts'

describeConsole('what somebody is at work on in the console', 1, (shared) => {
  const open = async (at: string, ownSession = false) => {
    const { page, close } = await openConsole(shared.browser, shared.service, {
      viewport: sizes.wide,
      ownSession,
    })
    // Time goes on as ever, and can be made to leap.
    await page.clock.install()
    await visitConsole(page, shared.service, at)
    return { page, close }
  }
  /**
   * As when somebody comes back to the window after some time: the page requests what it shows again, and retries once
   * on failure.
   */
  const reopen = async (page: Page) => {
    await page.clock.fastForward(11_000)
    await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))
  }
  const outdated = (page: Page) => page.getByText(/what is shown may be out of date/)
  const signInHeading = (page: Page) => page.getByRole('heading', { level: 1, name: 'Sign in' })
  const documentOf = (note: string) => ({
    required: [{ claim: 'evidence.software.measured', one_of: [true] }],
    rules: [{ when: 'true', tier: 'warning' }],
    description: note,
  })
  const put = (policy: string, note: string) =>
    shared.service.operator('PUT', `/v1/policies/${policy}`, documentOf(note))
  const editor = (page: Page) => page.getByLabel('The document, as JSON')

  it('shows nothing more once somebody signs out, also of a session that has ended', async () => {
    for (const hasEnded of [false, true]) {
      const { page, close } = await open('keys', true)
      if (hasEnded) await page.context().clearCookies()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await signInHeading(page).waitFor()
      expect(await page.locator('tbody tr').count()).toBe(0)
      await close()
    }
  })

  it('says that somebody is still signed in if signing out fails, and signs out at the next attempt', async () => {
    const { page, close } = await open('', true)
    const signOut = () => page.getByRole('button', { name: 'Sign out' }).click()
    const dialog = page.getByRole('dialog', { name: 'You are still signed in' })
    await page.route('**/console/session', (route) =>
      route.request().method() === 'DELETE' ? route.fulfill({ status: 503, json: {} }) : route.continue(),
    )
    await signOut()
    await dialog.getByText('The service answered 503').waitFor()
    expect(await axeFindings(page)).toEqual([])
    await page.unroute('**/console/session')
    await page.context().setOffline(true)
    await dialog.getByRole('button', { name: 'Try again' }).click()
    await dialog.getByText('This browser is offline').waitFor()
    await dialog.getByRole('button', { name: 'Close' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.context().setOffline(false)
    await signOut()
    await signInHeading(page).waitFor()
    await close()
  })

  it('says while there is no network that what is shown may be old, and reads it anew once there is one', async () => {
    const { page, close } = await open('apps')
    await page.context().setOffline(true)
    const notice = page.getByRole('status').filter({ hasText: 'This browser is offline' })
    await notice.waitFor()
    await page.getByRole('link', { name: 'API keys' }).click()
    await page.getByRole('alert').filter({ hasText: 'This browser is offline' }).waitFor()
    await page.getByRole('link', { name: 'Apps and builds' }).click()
    await page.getByRole('heading', { level: 1, name: 'Apps and builds' }).waitFor()
    expect(await axeFindings(page)).toEqual([])
    await page.context().setOffline(false)
    await notice.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'API keys' }).click()
    await page.getByRole('cell', { name: 'release pipeline', exact: true }).waitFor()
    await close()
  })

  it('goes on after signing in again, once a session has ended', async () => {
    const { page, close } = await open('')
    await page.context().clearCookies()
    await page.clock.fastForward(16_000)
    await signInHeading(page).waitFor()
    await page.getByLabel('API key').fill(shared.service.adminKey)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    await page.waitForFunction(() => document.querySelector('.loading') === null)
    await page.clock.fastForward(16_000)
    await page.getByRole('link', { name: 'API keys' }).click()
    await page.getByRole('heading', { level: 1, name: 'API keys' }).waitFor()
    expect(await signInHeading(page).count()).toBe(0)
    await close()
  })

  /** As when the session ended while nobody was there: the next look of the page finds that out. */
  const endSession = async (page: Page) => {
    await page.context().clearCookies()
    await page.clock.fastForward(61_000)
    await signInHeading(page).waitFor()
  }
  const signInAgain = async (page: Page, key = shared.service.adminKey) => {
    await page.getByLabel('API key', { exact: true }).fill(key)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  it('hides what is typed once the session has ended, and shows it to the same key however late', async () => {
    await put('left', 'as saved')
    const { page, close } = await open('policies/left')
    const draft = JSON.stringify(documentOf('as typed'))
    await editor(page).fill(draft)
    await endSession(page)
    expect(await page.locator('body').innerText()).not.toMatch(/left|typed|Policies/)
    expect(await page.title()).not.toContain('left')
    expect(await axeFindings(page)).toEqual([])
    await page.clock.fastForward(12 * 3_600_000)
    await signInAgain(page)
    await editor(page).waitFor()
    expect(await editor(page).inputValue()).toBe(draft)
    await page.getByRole('button', { name: 'Save as the next version' }).click()
    await page.getByText('Saved as version 2.').waitFor()
    await close()
  })

  it('hides the page at once where a change finds the session over, and keeps what was typed', async () => {
    await put('changed', 'as saved')
    const { page, close } = await open('policies/changed')
    const draft = JSON.stringify(documentOf('as typed'))
    await editor(page).fill(draft)
    await page.context().clearCookies()
    // The page looks at its session once a minute: it is the change that finds out.
    await page.getByRole('button', { name: 'Save as the next version' }).click()
    await signInHeading(page).waitFor()
    expect(await page.locator('body').innerText()).not.toMatch(/changed|typed|Policies/)
    await signInAgain(page)
    await editor(page).waitFor()
    expect(await editor(page).inputValue()).toBe(draft)
    await page.getByRole('button', { name: 'Save as the next version' }).click()
    await page.getByText('Saved as version 2.').waitFor()
    await close()
  })

  it('shows the same key a form that only some keys have, as it was filled in', async () => {
    const { page, close } = await open('bans')
    const why = page.getByLabel('Why, for whoever reads the list').first()
    await why.fill('as typed')
    await endSession(page)
    await signInAgain(page)
    await why.waitFor()
    expect(await why.inputValue()).toBe('as typed')
    await close()
  })

  it('asks for nothing but the session while nobody is signed in, and anew for everything after that', async () => {
    await put('asked', 'as saved')
    const { page, close } = await open('policies/asked')
    await endSession(page)
    await put('asked', 'of a colleague')
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    const looked = page.waitForResponse((response) => response.status() === 401)
    await page.clock.fastForward(10 * 60_000)
    await looked
    expect([...new Set(asked)]).toEqual(['/console/session'])
    await signInAgain(page)
    await expect.poll(() => editor(page).inputValue()).toContain('of a colleague')
    expect(await outdated(page).count()).toBe(0)
    await close()
  })

  it('goes where the browser went back to while nobody was signed in', async () => {
    const { page, close } = await open('policies')
    await page.getByRole('link', { name: 'API keys' }).click()
    await page.getByRole('heading', { level: 1, name: 'API keys' }).waitFor()
    await endSession(page)
    await page.goBack()
    await signInAgain(page)
    await page.getByRole('heading', { level: 1, name: 'Policies' }).waitFor()
    await close()
  })

  it('shows a secret that is shown once to the same key alone', async () => {
    const { secret: other } = await shared.service.operator<{ secret: string }>('POST', '/v1/keys', {
      name: 'another',
      scope: 'admin',
    })
    const { page, close } = await open('keys')
    await page.getByRole('button', { name: 'Create a key' }).click()
    await page.getByLabel(/^Name/).fill('shown once')
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    const shown = page.locator('.secret')
    const secret = await shown.innerText()
    await endSession(page)
    expect(await shown.isVisible()).toBe(false)
    expect(await page.getByRole('dialog').count()).toBe(0)
    await signInAgain(page)
    await page.getByRole('dialog').waitFor()
    expect(await shown.innerText()).toBe(secret)
    await endSession(page)
    await signInAgain(page, other)
    await page.getByRole('heading', { level: 1, name: 'API keys' }).waitFor()
    expect(await shown.count()).toBe(0)
    // The first key again, in this same page: what it left is gone for good.
    await endSession(page)
    await signInAgain(page)
    await page.getByRole('heading', { level: 1, name: 'API keys' }).waitFor()
    expect(await shown.count()).toBe(0)
    await close()
  })

  it('shows nothing of one key to another that signed in elsewhere in the same browser', async () => {
    const { secret: other } = await shared.service.operator<{ secret: string }>('POST', '/v1/keys', {
      name: 'elsewhere',
      scope: 'policy',
    })
    await put('shadowed', 'as saved')
    const { page, close } = await open('policies/shadowed')
    await editor(page).fill('as typed')
    const elsewhere = await page.context().newPage()
    await elsewhere.goto(`${shared.service.consoleUrl}/console/`)
    await elsewhere.evaluate(async (key) => {
      await fetch('/console/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ key }),
      })
    }, other)
    await page.clock.fastForward(61_000)
    await page.locator('.account-key', { hasText: 'elsewhere' }).waitFor()
    await expect.poll(() => editor(page).inputValue()).toContain('as saved')
    await close()
  })

  it('keeps a secret that is shown once, though the session cannot be looked at', async () => {
    const { page, close } = await open('keys')
    await page.getByRole('button', { name: 'Create a key' }).click()
    await page.getByLabel(/^Name/).fill('shown once')
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    const secret = await page.locator('.secret').innerText()
    await page.route('**/console/session', (route) => route.fulfill({ status: 403, json: {} }))
    await page.clock.fastForward(61_000)
    await outdated(page).first().waitFor()
    expect(await page.locator('.secret').innerText()).toBe(secret)
    await close()
  })

  it('keeps a draft beside a notice where a look in the background fails, and without one once it succeeds', async () => {
    await put('interrupted', 'as saved')
    const { page, close } = await open('policies/interrupted')
    const draft = JSON.stringify(documentOf('as typed'))
    await editor(page).fill(draft)
    await page.route('**/console/v1/policies?*', (route) => route.fulfill({ status: 403, json: {} }))
    await reopen(page)
    await outdated(page).waitFor()
    expect(await editor(page).inputValue()).toBe(draft)
    expect(await axeFindings(page)).toEqual([])
    await page.unroute('**/console/v1/policies?*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await outdated(page).waitFor({ state: 'detached' })
    expect(await editor(page).inputValue()).toBe(draft)
    await close()
  })

  it('says of a draft that somebody else saved a version, and confirms what is saved', async () => {
    await put('shared', 'first')
    const { page, close } = await open('policies/shared')
    await put('shared', 'of a colleague')
    await reopen(page)
    await expect.poll(() => editor(page).inputValue()).toContain('of a colleague')
    const draft = JSON.stringify(documentOf('as typed'))
    await editor(page).fill(draft)
    await put('shared', 'of a colleague again')
    await reopen(page)
    const meanwhile = page.getByText('Version 3 was saved in the meantime; this draft began with version 2.')
    await meanwhile.waitFor()
    expect(await editor(page).inputValue()).toBe(draft)
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Save as the next version' }).click()
    await page.getByText('Saved as version 4.').waitFor()
    await meanwhile.waitFor({ state: 'detached' })
    expect(JSON.parse(await editor(page).inputValue())).toEqual(documentOf('as typed'))
    await editor(page).fill(draft.replace('typed', 'typed on'))
    await page.getByRole('button', { name: 'Undo changes' }).click()
    expect(JSON.parse(await editor(page).inputValue())).toEqual(documentOf('as typed'))
    expect(await page.getByText(/in the meantime/).count()).toBe(0)
    await close()
  })

  it('shows the report of a dry run beside what it is of alone', async () => {
    await put('tried', 'as saved')
    const { page, close } = await open('policies/tried')
    const app = page.getByLabel('App', { exact: true })
    const report = page.getByText('Would be refused')
    const attempt = async () => {
      await page.getByRole('button', { name: 'Try it' }).click()
      await report.waitFor()
    }
    await app.selectOption('com.example.shop')
    await page.getByLabel('Devices of the').selectOption('14')
    await attempt()
    const properties = page.locator('dl.properties', { has: report })
    expect(await properties.innerText()).toMatch(/App\s+com\.example\.shop\s+Seen since\s+14 days ago/)
    await app.selectOption('com.example.wallet')
    expect(await report.count()).toBe(0)
    await attempt()
    expect(await properties.innerText()).toContain('com.example.wallet')
    await page.getByLabel('Devices of the').selectOption('7')
    expect(await report.count()).toBe(0)
    await attempt()
    await editor(page).fill(JSON.stringify(documentOf('as typed')))
    expect(await report.count()).toBe(0)
    await close()
  })

  it('keeps what is typed into a filter, and where the keyboard is', async () => {
    const { page, close } = await open('refusals')
    const focused = () =>
      page.evaluate(() => {
        const element = document.activeElement
        return element instanceof HTMLInputElement || element instanceof HTMLSelectElement
          ? element.labels?.[0]?.textContent
          : element?.textContent
      })
    await page.getByLabel('Reason').fill('NONCE_MISMATCH')
    await page.getByLabel('Age').focus()
    await page.getByLabel('Age').selectOption('24')
    await page.waitForURL(/hours=/)
    expect(await page.getByLabel('Reason').inputValue()).toBe('NONCE_MISMATCH')
    expect(await focused()).toBe('Age')
    await page.getByLabel('Reason').press('Enter')
    await page.waitForURL(/code=NONCE_MISMATCH/)
    expect(page.url()).toContain('hours=')
    expect(await focused()).toBe('Reason')
    await page.goBack()
    await expect.poll(() => page.getByLabel('Reason').inputValue()).toBe('')
    await page.getByRole('button', { name: 'Show all' }).click()
    expect(await focused()).toBe('Show')
    await visitConsole(page, shared.service, 'audit')
    await page.getByLabel('Action', { exact: true }).fill('policy.put')
    await page.getByLabel('Action', { exact: true }).press('Enter')
    await page.waitForURL(/action=policy\.put/)
    expect(await focused()).toBe('Action')
    await close()
  })

  it('changes no shadow policy by a choice that was cancelled, or out of a list that is not there', async () => {
    const { page, close } = await open('apps')
    await page.route('**/console/v1/policies?*', (route) => route.fulfill({ status: 403, json: {} }))
    await visitConsole(page, shared.service, 'apps/com.example.shop')
    const dialog = page.getByRole('dialog')
    const change = dialog.getByRole('button', { name: 'Change' })
    const openDialog = () => page.getByRole('button', { name: /^Change the shadow policy/ }).click()
    await openDialog()
    await dialog.getByRole('alert').waitFor()
    expect(await change.isDisabled()).toBe(true)
    await page.unroute('**/console/v1/policies?*')
    await dialog.getByRole('button', { name: 'Try again' }).click()
    await dialog.getByLabel('Policy').selectOption('strict')
    expect(await change.isEnabled()).toBe(true)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await openDialog()
    expect(await dialog.getByLabel('Policy').inputValue()).toBe('')
    await close()
  })
})
