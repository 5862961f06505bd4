import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { refusedTrace, sizes } from '../../src/console/screenshots.ts'
import { axeFindings, openConsole, type SharedConsole } from './opened.ts'

/** Lists of what is kept: their filters, dates, times, words and exports. */
export function listCases(shared: SharedConsole): void {
  it('lists what is kept of refusals by what is asked, with the way to each', async () => {
    const { page, close } = await shared.open()
    await shared.visit(page, 'refusals')
    await page.getByLabel('Reason').fill('HARDWARE_EVIDENCE_MISSING')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.waitForURL(/code=HARDWARE_EVIDENCE_MISSING/)
    await expect.poll(() => page.getByRole('link', { name: 'SOFTWARE_SEGMENT_MISMATCH' }).count()).toBe(0)
    await page.getByRole('link', { name: 'HARDWARE_EVIDENCE_MISSING' }).first().click()
    await page.getByRole('heading', { level: 1, name: 'Refused attestation' }).waitFor()
    await page.getByText('What to do').waitFor()
    await shared.visit(page, 'refusals?app=com.example.nobody')
    await page.getByText('No refusal matches').waitFor()
    await close()
  })

  it('saves what is listed between two dates, as CSV without formulas and as JSON', async () => {
    const { page, close } = await shared.open()
    const attestations = [
      {
        trace: 't',
        at: '2026-11-02T00:00:00.000Z',
        app: 'a',
        build: '=HYPERLINK("x")',
        outcome: 'denied',
        code: 'C',
        key: 'k',
      },
    ]
    await shared.visit(page, 'refusals')
    await page.getByLabel(/^From/).fill('2026-11-01T12:00')
    await page.getByLabel(/^Until/).fill('2026-11-03T12:00')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.waitForURL(/until=/)
    const asked: URLSearchParams[] = []
    await page.route('**/console/v1/attestations?*', (route) => {
      asked.push(new URL(route.request().url()).searchParams)
      return route.fulfill({ json: { attestations } })
    })
    const save = async (format: string) => {
      const download = page.waitForEvent('download')
      await page.getByRole('button', { name: `Export ${format}` }).click()
      const file = await download
      return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') }
    }
    const csv = await save('CSV')
    expect(csv.name).toMatch(/^assay-refusals-.*Z\.csv$/)
    expect(csv.text).toBe(
      `at,outcome,code,app,build,key,trace\r\n2026-11-02T00:00:00.000Z,denied,C,a,"'=HYPERLINK(""x"")",k,t\r\n`,
    )
    expect(JSON.parse((await save('JSON')).text)).toEqual(attestations)
    expect(asked.map((query) => [query.get('since'), query.get('until')])).toEqual(
      Array.from({ length: 2 }, () =>
        ['2026-11-01T12:00', '2026-11-03T12:00'].map((at) => new Date(at).toISOString()),
      ),
    )
    await page.getByText('Saved 1').waitFor()
    expect(await axeFindings(page)).toEqual([])
    await close()
  })

  it('shows exact times with their zone by one choice or a press, and in full where one thing is shown', async () => {
    const { page, close } = await openConsole(shared.browser, shared.service, {
      viewport: sizes.narrow,
      timezoneId: 'Asia/Kolkata',
      hasTouch: true,
    })
    const exact = /[A-Z][a-z]{2} \d+, \d{4},? \d\d:\d\d:\d\d GMT\+5:30/
    await shared.visit(page, 'refusals')
    const when = page.getByRole('row').nth(1).locator('.time')
    expect(await when.innerText()).toMatch(/ago|now/)
    await when.tap()
    await expect.poll(async () => (await when.innerText()).replaceAll(/\s+/g, ' ')).toMatch(exact)
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Navigation' }).click()
    await page.getByLabel('Times').selectOption({ label: 'Exact, in UTC' })
    await expect.poll(() => when.innerText()).toMatch(/UTC$/)
    await shared.visit(page, `attestations/${(await refusedTrace(shared.service)).trace}`)
    expect(await page.locator('.outcome-head').innerText()).toMatch(/ago \(.*UTC\)/)
    await close()
  })

  it('has a heading where there is no page, and the way to one', async () => {
    const { page, close } = await shared.open()
    await shared.visit(page, 'apps/com.example.shop/nothing/here')
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Page not found')
    expect(await page.title()).toBe('Page not found · Assay console')
    await page.getByRole('main').getByRole('link', { name: 'Overview' }).click()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    await close()
  })

  it('names what a dialog does and to whom, and no option of a command line where something is wrong', async () => {
    const { page, close } = await shared.open()
    await shared.visit(page, 'apps/com.example.shop')
    await page.getByRole('button', { name: 'Retire build 1.5.0 of com.example.shop' }).click()
    const dialog = page.getByRole('dialog', { name: 'Retire build 1.5.0 of com.example.shop?' })
    await page.route('**/retire', (route) =>
      route.fulfill({
        status: 400,
        json: {
          title: 'The request has another form',
          code: 'request_invalid',
          errors: [{ pointer: '/token_lifetime', code: 'too_big' }],
        },
      }),
    )
    await dialog.getByRole('button', { name: 'Retire', exact: true }).click()
    const problem = await dialog.getByRole('alert').innerText()
    expect(problem).toContain('token lifetime:')
    expect(problem).not.toContain('--')
    await close()
  })

  it('names the policy that an app has by default', async () => {
    const { page, close } = await shared.open()
    await shared.visit(page, 'apps')
    await page.getByRole('cell', { name: 'balanced (default)' }).waitFor()
    await shared.visit(page, 'policies/balanced')
    const words = page.getByRole('region', { name: 'Rules' })
    expect(await words.innerText()).toContain('is at most 30 days')
    expect(await words.innerText()).not.toContain('2592000')
    await close()
  })
}
