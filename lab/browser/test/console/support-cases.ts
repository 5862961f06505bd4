import { expect, it } from 'vitest'
import type { Ban } from '@assay/protocol/schemas'
import { operatorOf } from '../../src/console/operator.ts'
import { refusedTrace, sizes } from '../../src/console/screenshots.ts'
import { axeFindings, hostile, searchFor, openConsole, type SharedConsole } from './opened.ts'

/** Bans, test devices, and the device behind a refusal. */
export function supportCases(shared: SharedConsole): void {
  it('bans an installation with a note and an end, lets a test device through, and takes both back', async () => {
    const { page, close } = await shared.open()
    const device = await shared.service.devices.browser('1.5.0')
    const { token } = await device.client.getToken()
    device.close()
    const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
    const { installation } = JSON.parse(claims) as { installation: string }
    await shared.visit(page, 'bans?app=com.example.shop')
    for (const [form, button, list, undo] of [
      ['Ban an installation', 'Ban', 'Bans of com.example.shop', 'Lift'],
      ['Let a test device through', 'Let through', 'Test devices of com.example.shop', 'Remove'],
    ] as const) {
      const section = page.getByRole('region', { name: form })
      await section.getByLabel(/^Installation/).fill(installation)
      await section.getByLabel(/^Why/).fill(hostile)
      await section.getByLabel(/^Days/).fill('30')
      await section.getByRole('button', { name: button, exact: true }).click()
      const row = page.getByRole('region', { name: list }).getByRole('row', { name: /in 30 days/ })
      await row.waitFor()
      expect(await row.innerText()).toContain('<img')
      const cut = row.getByRole('cell').filter({ hasText: '<img' })
      await cut.hover()
      expect(await cut.getAttribute('title')).toBe(hostile)
      expect(await axeFindings(page)).toEqual([])
      await row.getByRole('button', { name: undo }).click()
      const dialog = page.getByRole('dialog')
      expect(await dialog.innerText()).toMatch(/Why\s+<img[^]*By key[^]*Ends\s+in 30 days/)
      expect(await axeFindings(page)).toEqual([])
      await dialog.getByRole('button', { name: undo }).click()
      await row.waitFor({ state: 'detached' })
    }
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    await close()
  })

  it('tells whoever may only look all of a ban, on a narrow screen too', async () => {
    const { id, secret } = await shared.service.operator<{ id: string; secret: string }>('POST', '/v1/keys', {
      name: 'looks',
      scope: 'read',
    })
    const asked = {
      key: 'A'.repeat(43),
      note: 'sold on a market place, with the account of somebody else',
      expires_at: new Date(Date.now() + 30 * 86_400_000).toISOString(),
    }
    const audience = 'https://api.example.com'
    const allowed = { ...asked, audience }
    await shared.service.operator('POST', '/v1/apps/com.example.shop/allow', allowed)
    const { page, close } = await openConsole(
      shared.browser,
      { ...shared.service, adminKey: secret },
      { viewport: sizes.narrow },
    )
    await shared.visit(page, 'bans?app=com.example.shop')
    const row = page.getByRole('row', { name: /in 30 days/ })
    await row.getByRole('button', { name: /^Details of the test device/ }).click()
    const shown = await page.getByRole('dialog').innerText()
    for (const part of [asked.note, audience, 'By key', 'in 30 days']) expect(shown).toContain(part)
    expect(await axeFindings(page)).toEqual([])
    await close()
    const { entries } = await shared.service.operator<{ entries: { installation: string }[] }>(
      'GET',
      '/v1/apps/com.example.shop/allow',
    )
    for (const { installation } of entries)
      await shared.service.operator(
        'DELETE',
        `/v1/apps/com.example.shop/allow/${installation}?audience=${encodeURIComponent(audience)}`,
      )
    await shared.service.operator('DELETE', `/v1/keys/${id}`)
  })

  it('leads from a refusal to its device, lets it through, bans it and forgets it, saying what remains', async () => {
    const { page, close } = await shared.open()
    const { trace, app, key } = await refusedTrace(shared.service)
    const dialog = page.getByRole('dialog')
    await shared.visit(page, `attestations/${trace}`)
    await page.getByRole('link', { name: key }).click()
    await page.getByRole('heading', { level: 1, name: 'Installation' }).waitFor()
    const { searchParams } = new URL(
      (await page
        .getByRole('region', { name: /^Refusals by day/ })
        .getByRole('link')
        .first()
        .getAttribute('href')) ?? '',
      page.url(),
    )
    const [asked, since, until] = ['key', 'since', 'until'].map((name) => searchParams.get(name) ?? '')
    expect(asked).toBe(key)
    expect(Date.parse(until ?? '') - Date.parse(since ?? '')).toBe(86_400_000)
    const device = page.getByRole('region', { name: 'The device' })
    expect(await device.innerText()).toMatch(/Vouched for\s+[^]*Self-reported/)
    const standing = page.getByRole('region', { name: 'Bans and exceptions' })
    // Such a tier is excluded, until an admin says otherwise.
    await standing.getByText('the app excludes this tier', { exact: false }).waitFor()
    await shared.service.operator('PATCH', `/v1/apps/${app}`, { let_through_tiers: ['contraindicated'] })
    await page.reload()
    await standing
      .getByRole('button', { name: /^Let through/ })
      .first()
      .click()
    await dialog.getByRole('heading', { name: `Let through installation ${key.slice(0, 12)}…` }).waitFor()
    expect(await dialog.innerText()).toMatch(/allowListed: true[^]*may be the attack/)
    await dialog.getByLabel(/^Hours/).fill('25')
    expect(await dialog.getByRole('button', { name: 'Let through' }).isDisabled()).toBe(true)
    await dialog.getByLabel(/^Hours/).fill('2')
    await dialog.getByLabel(/^Why/).fill(hostile)
    expect(await dialog.locator('.cli-line pre').innerText()).toContain('--expires-in 2h')
    expect(await axeFindings(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Let through' }).click()
    await standing.getByText('by support, as').waitFor()
    await page.getByRole('button', { name: /^Ban installation/ }).click()
    await dialog.getByRole('button', { name: 'Ban' }).click()
    await standing.getByText('banned', { exact: true }).first().waitFor()
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('button', { name: /^Forget installation/ }).click()
    await dialog.getByText('otherwise forgetting would lift a ban', { exact: false }).waitFor()
    // Until the service has answered it stays open: the answer says what remains.
    let goOn = () => undefined as void
    await page.route('**/installations/*', async (route) => {
      if (route.request().method() === 'DELETE') await new Promise<void>((resolve) => (goOn = resolve))
      await route.continue()
    })
    await dialog.getByRole('button', { name: 'Forget' }).click()
    await expect.poll(() => dialog.getByRole('button', { name: 'Cancel' }).isDisabled()).toBe(true)
    await page.keyboard.press('Escape')
    await dialog.getByRole('button', { name: 'Close' }).click()
    goOn()
    await dialog.getByText('Remain: one ban', { exact: false }).waitFor()
    await dialog.getByText(/\d allowed devices|one allowed device/).waitFor()
    await page.unroute('**/installations/*')
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('heading', { level: 1, name: 'Installations' }).waitFor()
    await searchFor(page, trace)
    await page.getByText('Nothing is kept under anything in this text').waitFor()
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    const { bans } = await shared.service.operator<{ bans: { kind: string; vouching_key: string }[] }>(
      'GET',
      `/v1/apps/${app}/bans`,
    )
    await shared.service.operator('PATCH', `/v1/apps/${app}`, { let_through_tiers: ['warning'] })
    for (const { kind, vouching_key: id } of bans)
      await shared.service.operator('DELETE', `/v1/apps/${app}/bans/${kind}/${id}`)
    await close()
  })

  it('takes what nobody would call a user as text, and finds nobody by it', async () => {
    const { page, faults, close } = await shared.open()
    const controls = ['a\u0000b', '\u001b]0;owned\u0007']
    for (const reference of [hostile, '\u202egnp.exe\u2066', ...controls, 'x'.repeat(100_000)]) {
      await shared.visit(page, 'installations?app=com.example.shop')
      await searchFor(page, reference)
      await page.getByText('Nothing is kept under anything in this text').waitFor()
      expect(await page.locator('img[src="x"]').count()).toBe(0)
      expect(page.url()).toMatch(/\/console\/search$/)
    }
    expect(await axeFindings(page)).toEqual([])
    expect(await page.title()).toContain('Assay')
    expect(faults).toEqual([])
    await close()
  })

  it('announces how many installations have a name, and leaves the table to whoever goes there', async () => {
    const { page, close } = await shared.open()
    const at = '2026-11-02T00:00:00.000Z'
    const found = ['B', 'C'].map((letter) => ({
      ...{
        app: 'com.example.shop',
        key: letter.repeat(43),
        remembered: false,
        first_seen: at,
        last_seen: at,
      },
      found_by: 'reference',
    }))
    await shared.visit(page, 'installations?app=com.example.shop')
    await page.route('**/console/v1/search', (route) =>
      route.fulfill({ json: { traces: [], installations: found, builds: [], truncated: false } }),
    )
    await searchFor(page, 'user 4711')
    await page.getByText('Nobody has verified the user', { exact: false }).first().waitFor()
    const announced = page.getByRole('main').getByRole('status').filter({ hasText: 'finds' })
    expect(await announced.allInnerTexts()).toEqual(['2 finds'])
    expect(await axeFindings(page)).toEqual([])
    await close()
  })

  it('shows a support key installations, refusals and bans of its apps, and nothing else', async () => {
    const { id, secret } = await shared.service.operator<{ id: string; secret: string }>('POST', '/v1/keys', {
      name: 'desk',
      scope: 'support',
      apps: ['com.example.shop'],
    })
    const { attestations } = await shared.service.operator<{
      attestations: { trace: string; key: string | null }[]
    }>('GET', '/v1/attestations?app=com.example.shop&outcome=denied&limit=50')
    const refusal = attestations.find(({ key }) => key !== null)
    const other = await refusedTrace(shared.service)
    const context = await shared.browser.newContext({ viewport: sizes.wide })
    const page = await context.newPage()
    await page.goto(`${shared.service.consoleUrl}/console/`)
    await page.getByLabel('API key').fill(secret)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Installations' }).waitFor()
    const navigation = page.getByRole('navigation', { name: 'Console' }).getByRole('link')
    expect((await navigation.allInnerTexts()).map((text) => text.trim())).toEqual([
      'Refusals',
      'Installations',
      'Bans and test devices',
    ])
    await searchFor(page, other.trace)
    await page.getByText('Nothing is kept under anything in this text').waitFor()
    await searchFor(page, refusal?.trace ?? '')
    await page.getByText('Your key does not see the rest of this build', { exact: false }).waitFor()
    const body = await page.locator('#main').innerText()
    for (const untrue of ['of 0 attestations', 'not registered', 'None']) expect(body).not.toContain(untrue)
    await page.getByRole('link', { name: 'Let through, ban or forget' }).click()
    await page.getByRole('heading', { level: 1, name: 'Installation' }).waitFor()
    // It was made without the right to let anybody through.
    await page.getByRole('button', { name: /^Ban installation/ }).waitFor()
    expect(await page.getByRole('button', { name: /^Let through/ }).count()).toBe(0)
    // The ban of an operator is none of theirs: neither lifting nor replacing it is offered. Their own is.
    const app = 'com.example.shop'
    const kept = { key: refusal?.key ?? '', note: 'of an operator' }
    const ban = await shared.service.operator<Ban>('POST', `/v1/apps/${app}/bans`, kept)
    await page.reload()
    await page.getByText('only an admin key can lift this ban', { exact: false }).waitFor()
    expect(await page.getByRole('button', { name: /^(?:Lift|Ban)/ }).count()).toBe(0)
    await shared.visit(page, `bans?app=${app}`)
    const row = page.getByRole('row', { name: /of an operator/ })
    await row.getByRole('button', { name: /^Details of the ban/ }).click()
    await page
      .getByRole('dialog')
      .getByText('only an admin key can lift this ban', { exact: false })
      .waitFor()
    await page.keyboard.press('Escape')
    const path = `/v1/apps/${app}/bans/${ban.kind}/${ban.vouching_key}`
    await shared.service.operator('DELETE', path)
    await operatorOf(shared.service.url, secret)('POST', `/v1/apps/${app}/bans`, {
      ...kept,
      note: 'of support',
    })
    await page.reload()
    const own = page.getByRole('row', { name: /of support/ })
    await own.getByRole('button', { name: /^Lift/ }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Lift' }).click()
    await own.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Refusals' }).click()
    await page.getByRole('heading', { level: 1, name: 'Refusals' }).waitFor()
    await page.getByRole('link', { name: 'SOFTWARE_SEGMENT_MISMATCH' }).first().click()
    await page.getByText('What to do').waitFor()
    expect(await page.getByRole('region', { name: 'APIs that the app may call' }).count()).toBe(1)
    expect(await axeFindings(page)).toEqual([])
    await context.close()
    await shared.service.operator('DELETE', `/v1/keys/${id}`)
  })
}
