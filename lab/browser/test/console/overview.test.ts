import { expect, it } from 'vitest'
import type { ServiceStatus } from '@assay/protocol/schemas'
import { sizes } from '../../src/console/screenshots.ts'
import { describeConsole } from './describe-console.ts'
import { axeFindings, openConsole } from './opened.ts'

describeConsole('the overview of the console', 1, (shared) => {
  const { open, visit } = shared

  it('says what needs attention', async () => {
    const { page, close } = await open()
    const day = 86_400_000
    const [soon, late] = [3 * day, 300 * day].map((ms) => new Date(Date.now() + ms).toISOString())
    const made = await Promise.all(
      [soon, late].map((end, index) =>
        shared.service.operator<{ id: string }>('POST', '/v1/keys', {
          name: `ending ${index}`,
          scope: 'read',
          expires_at: end,
        }),
      ),
    )
    const status = await shared.service.operator<object>('GET', '/v1/service')
    await page.route('**/console/v1/service', (route) =>
      route.fulfill({
        json: {
          ...status,
          health: {
            store_latency_ms: 900,
            disk_free_bytes: 5_000_000,
            store_timeouts: 0,
            caches: [],
            status_lists: [],
            vendor_lists: [],
          } satisfies ServiceStatus['health'],
        },
      }),
    )
    await page.route('**/console/v1/stats?*by=app%2Cbuild*', (route) => {
      const isBefore =
        Date.parse(new URL(route.request().url()).searchParams.get('until') ?? '') < Date.now() - day / 48
      const group = { app: 'com.example.shop', build: '1.5.0', malfunctions: isBefore ? 0 : 2, reported: 0 }
      const counts = isBefore ? { passed: 990, refused: 10 } : { passed: 20, refused: 80 }
      // Refused as much on the day before: it is broken all the same.
      const broken = { ...group, build: '1.6.0', malfunctions: 0, passed: 0, refused: 69 }
      return route.fulfill({ json: { groups: [{ ...group, ...counts }, broken], latency: {} } })
    })
    await page.route('**/console/v1/stats?*outcome=unserved*', (route) =>
      route.fulfill({ json: { groups: [{ code: 'LIMIT_CHALLENGES', unserved: 31 }], latency: {} } }),
    )
    const named = { app: 'com.example.shop', networks: 27, pending: false }
    const strange = '<img src=x onerror=alert(1)>\u202e`b`'
    const unregistered = [
      { ...named, build: '2.0.0', networks: 50 },
      { ...named, build: strange },
      ...['a', 'b', 'c', 'd'].map((build) => ({ ...named, build })),
      { ...named, build: 'waiting', pending: true },
    ]
    await page.route('**/console/v1/unregistered-builds', (route) =>
      route.fulfill({ json: { builds: unregistered, minutes: 30, at_least: 20, nodes: 3 } }),
    )
    await page.route('**/console/v1/apps/com.example.shop/builds?*', (route) =>
      route.fulfill({ json: { builds: [{ id: 'waiting', app: 'com.example.shop', state: 'pending' }] } }),
    )
    await visit(page, '')
    const section = page.getByRole('region', { name: 'Needs attention' })
    await section
      .getByText(
        'Build 2.0.0 of com.example.shop is not registered, and devices in 50 or more networks named it within 30 minutes',
        { exact: false },
      )
      .waitFor()
    // A name comes from strangers: it is text, in its own direction.
    const name = section.locator('bdi', { hasText: 'onerror' })
    expect(await name.innerText()).toBe(strange)
    expect(await section.locator('img').count()).toBe(0)
    await section.getByText('Seen by one of 3 nodes').first().waitFor()
    await section.getByText('Devices name one more build that is not registered').waitFor()
    await section.getByText('until then, devices in 27 networks get no token').waitFor()
    await section.getByText(/ending 0/).waitFor()
    await section
      .getByText(/80% of its attestations of the last hour were refused, and 1% on the day before/)
      .waitFor()
    await section
      .getByText(/100% of its attestations of the last hour were refused, and 100% on the day before/)
      .waitFor()
    await section.getByText(/2 attestations of the last hour ended in a malfunction/).waitFor()
    await section.getByText(/31 requests of the last hour got 429 or 503: LIMIT_CHALLENGES/).waitFor()
    await section.getByText(/--limit challenges=/).waitFor()
    await section.getByText(/5 MB left/).waitFor()
    await section.getByText(/900 ms/).waitFor()
    expect(await section.getByText(/ending 1/).count()).toBe(0)
    expect(await axeFindings(page)).toEqual([])
    for (const { id } of made) await shared.service.operator('DELETE', `/v1/keys/${id}`)
    await close()
  })

  it('counts apart what proved nothing, and what was beyond a limit', async () => {
    const { page, close } = await open()
    const group = { passed: 0, refused: 0, malfunctions: 0, reported: 0 }
    const stats = (...groups: object[]) => ({
      ...{ since: '2026-11-02T00:00:00.000Z', until: '2026-11-02T01:00:00.000Z', latency: {} },
      groups: groups.map((more) => ({ ...group, ...more })),
    })
    const at = '2026-11-02T00:30:00.000Z'
    const answers = new Map([
      ['by=minute', stats({ at, unproven: 402, unserved: 83 })],
      [
        'outcome=unproven',
        stats({ code: 'app_not_registered', unproven: 10 }, { code: 'build_not_registered', unproven: 392 }),
      ],
    ])
    for (const [query, json] of answers)
      await page.route(`**/console/v1/stats?*${query}*`, (route) => route.fulfill({ json }))
    await visit(page, '')
    const numbers = page.locator('dl.stats')
    const numberOf = (name: string) =>
      numbers
        .locator('.stat')
        .filter({ has: page.getByText(name, { exact: true }) })
        .locator('.stat-value')
    await expect.poll(() => numberOf('Unproven').innerText()).toBe('402')
    expect(await numberOf('Unserved').innerText()).toBe('83')
    expect(await numberOf('Refused').innerText()).toBe('0')
    await numbers.getByText('no attestations').waitFor()
    await page.getByText('No attestations in this time').waitFor()
    const section = page.getByRole('region', { name: 'Unproven requests', exact: true })
    await section.getByText('Anybody can send these').waitFor()
    const rows = section.getByRole('list', { name: 'Unproven requests by reason' }).getByRole('link')
    expect((await rows.allInnerTexts()).map((text) => text.split(/\s+/))).toEqual([
      ['build_not_registered', '392'],
      ['app_not_registered', '10'],
    ])
    expect(await rows.first().getAttribute('href')).toMatch(/refusals\?code=build_not_registered&hours=/)
    expect(await axeFindings(page)).toEqual([])
    await close()
  })

  it('shows p50 and p95, and each count, bar and moment as the way to its refusals', async () => {
    const { page, close } = await openConsole(shared.browser, shared.service, {
      viewport: sizes.wide,
      timezoneId: 'Asia/Kolkata',
    })
    const buckets = [5, 10, 50, null].map((bound, index) => ({
      at_most_ms: bound,
      count: [60, 30, 9, 1][index],
    }))
    const group = { malfunctions: 0, reported: 0 }
    const stats = (groups: object[]) => ({
      since: '2026-11-02T00:00:00.000Z',
      until: '2026-11-02T00:03:00.000Z',
      latency: { buckets },
      groups: groups.map((more) => ({ ...group, ...more })),
    })
    const at = (minute: number) => `2026-11-02T00:0${minute}:00.000Z`
    for (const [query, groups] of [
      [
        'by=minute',
        [
          { at: at(1), passed: 3, refused: 2 },
          { at: at(2), passed: 4, refused: 0 },
        ],
      ],
      ['by=code', [{ code: 'CODE_INJECTED', passed: 0, refused: 2 }]],
    ] as const)
      await page.route(`**/console/v1/stats?*${query}*`, (route) =>
        route.fulfill({ json: stats([...groups]) }),
      )
    await visit(page, '')
    const half = page.locator('.stat').filter({ has: page.getByText('Time taken (p50)', { exact: true }) })
    await expect.poll(() => half.innerText()).toMatch(/\(p50\)\s+≤ 5 ms\s+p95 ≤ 50 ms/)
    const refused = page.locator('.stat').filter({ has: page.getByText('Refused', { exact: true }) })
    expect(await refused.getByRole('link', { name: '2' }).getAttribute('href')).toContain('outcome=denied')
    const moment = page.getByLabel('Moment of the chart')
    expect(await moment.getAttribute('aria-valuetext')).toBe(
      '05:32 to 05:33 GMT+5:30: 4 passed, 0 refused, 0 malfunctions',
    )
    // By keyboard, as by finger.
    await moment.press('ArrowLeft')
    await page.getByText('05:31 to 05:32 GMT+5:30').waitFor()
    await page.locator('.reading').getByRole('link', { name: '2 refused' }).click()
    await page.getByRole('heading', { level: 1, name: 'Refusals' }).waitFor()
    const search = new URL(page.url()).searchParams
    expect(search.get('since')).toContain(at(1))
    expect(search.get('until')).toContain(at(2))
    expect(await page.getByLabel('From (GMT+5:30)').inputValue()).toBe('2026-11-02T05:31')
    await page.goBack()
    await page.getByRole('link', { name: 'CODE_INJECTED 2' }).click()
    await page.waitForURL(/refusals\?code=CODE_INJECTED/)
    await close()
  })

  it('says what it does not know, and of which apps it counts builds', async () => {
    const { page, close } = await open()
    const numbers = page.locator('dl.stats')
    for (const asked of ['stats?*', 'apps?*', 'apis?*', 'keys?*', 'unregistered-builds'])
      await page.route(`**/console/v1/${asked}`, (route) =>
        route.fulfill({
          status: 403,
          json: { title: 'The key may not do this', code: 'scope_insufficient' },
        }),
      )
    await visit(page, '')
    await expect.poll(() => numbers.getByText('could not be read').count()).toBe(8)
    expect(await numbers.locator('.stat-value').allInnerTexts()).toEqual(Array.from({ length: 8 }, () => '–'))
    await page
      .getByText(
        'unregistered builds, the attestations of the last hour, the requests beyond a limit, builds, the ends of builds, and API keys could not be read',
        {
          exact: false,
        },
      )
      .waitFor()
    expect(await axeFindings(page)).toEqual([])
    const apps = Array.from({ length: 35 }, (_, i) => ({ id: `app${i}`, name: '', evidence: {} }))
    await page.route('**/console/v1/apps?*', (route) => route.fulfill({ json: { apps } }))
    await page.route('**/console/v1/apps/*/builds?*', (route) =>
      route.fulfill({ json: { builds: [{ id: '1', app: 'app1', state: 'active' }] } }),
    )
    await visit(page, '')
    await numbers.getByText('of the first 20 apps').waitFor()
    await close()
  })

  it('says that it looks at the builds of some apps only, if there are more', async () => {
    const { page, close } = await open()
    const list = (length: number) =>
      page.route('**/console/v1/apps?*', (route) =>
        route.fulfill({
          json: { apps: Array.from({ length }, (_, i) => ({ id: `app${i}`, name: '', evidence: {} })) },
        }),
      )
    await page.route('**/console/v1/apps/*/builds?*', (route) => route.fulfill({ json: { builds: [] } }))
    const notice = page.getByText(/of 21 apps, only the builds of the first 20 are read/)
    await list(21)
    await visit(page, '')
    await notice.waitFor()
    expect(await axeFindings(page)).toEqual([])
    await list(20)
    await visit(page, '')
    await page.locator('dl.stats').getByText('of 20 apps').waitFor()
    expect(await notice.count()).toBe(0)
    await close()
  })

  it('mentions the keys that expire next before those that have expired, and how many more there are', async () => {
    const { page, close } = await open()
    const now = Date.now()
    const days = { 'long gone': -300, gone: -200, 'just gone': -1, third: 3, second: 2, first: 1, fourth: 4 }
    const keys = Object.entries({ ...days, later: 40 }).map(([name, end]) => ({
      id: name,
      name,
      scope: 'read',
      apps: [],
      expires_at: new Date(now + end * 86_400_000).toISOString(),
    }))
    await page.route('**/console/v1/keys?*', (route) => route.fulfill({ json: { keys } }))
    await visit(page, '')
    const section = page.getByRole('region', { name: 'Needs attention' })
    const rows = section.getByRole('listitem').filter({ hasText: 'API key' })
    await expect.poll(() => rows.count()).toBe(6)
    const shown = await rows.allInnerTexts()
    expect(shown.map((text) => /“(.*)”/.exec(text)?.[1])).toEqual([
      'first',
      'second',
      'third',
      'fourth',
      'just gone',
      undefined,
    ])
    expect(shown.at(-1)).toContain('2 more expire within two weeks or have expired')
    expect(await axeFindings(page)).toEqual([])
    await close()
  })

  it('names the days of a month as the service counts them, wherever the reader is', async () => {
    const { page, close } = await openConsole(shared.browser, shared.service, {
      viewport: sizes.wide,
      timezoneId: 'America/Los_Angeles',
    })
    const group = { at: '2026-11-02T00:00:00.000Z', refused: 0, malfunctions: 0, reported: 0 }
    const stats = {
      since: '2026-11-01T00:00:00.000Z',
      until: '2026-11-04T00:00:00.000Z',
      groups: [{ ...group, passed: 7 }],
      latency: {},
    }
    await page.route('**/console/v1/stats?*by=day*', (route) => route.fulfill({ json: stats }))
    await visit(page, '')
    await page.getByLabel('Last 30 days').check()
    await page.getByText('Attestations over time as a table').click()
    const table = page.getByRole('region', { name: 'Attestations over time' })
    await table.getByRole('row', { name: 'Nov 2 7 0 0' }).waitFor()
    expect(await table.innerText()).toContain('Day (UTC)')
    const moment = page.getByLabel('Moment of the chart')
    expect(await moment.getAttribute('aria-valuetext')).toContain('Nov 3 (UTC): 0 passed')
    await close()
  })
})
