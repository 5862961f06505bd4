import { expect, it } from 'vitest'
import { describeConsole } from './describe-console.ts'
import { axeFindings } from './opened.ts'

/** The page of `npm test`; `npm run test:all` opens the others. */
describeConsole('a page of the console', 1, (shared) => {
  const { open, visit } = shared

  it('shows what happens as it happens', async () => {
    const { page, faults, close } = await open()
    await visit(page, 'attestations')
    await page
      .getByRole('row', { name: /passed/ })
      .first()
      .waitFor()
    const strangers = page.getByRole('row', { name: /9\.9\.9-live/ })
    expect(await strangers.count()).toBe(0)
    const stranger = await shared.service.devices.browser('9.9.9-live')
    await expect(stranger.client.getToken()).rejects.toThrow()
    stranger.close()
    await strangers.waitFor()
    // Rows in sight only are in the document, and the table says how many there are.
    const count = async () => Number(await page.getByRole('table').getAttribute('aria-rowcount'))
    const before = await count()
    const genuine = await shared.service.devices.browser('1.5.0')
    await genuine.client.getToken()
    genuine.close()
    await expect.poll(count).toBe(before + 1)
    expect(await page.locator('tr[aria-rowindex="2"]').innerText()).toMatch(/passed[^]*1\.5\.0/)
    expect(await axeFindings(page)).toEqual([])
    expect(faults).toEqual([])
    await close()
  })
})
