import path from 'node:path'
import type { Browser } from '../browsers/chromium.ts'
import { audiences, shop, wallet } from './apps.ts'
import type { LivelyService } from './lively-service.ts'
import type { Operator } from './operator.ts'
import { inEachLook, refusedTrace, signIn, sizes, type Look } from './screenshots.ts'
import { subjectsOf, type Subject } from './subjects.ts'

type Lively = Pick<LivelyService, 'consoleUrl' | 'adminKey' | 'operator'>

const day = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * day).toISOString()

/** What the lively service lacks, so that no list is empty: a policy of two versions, a ban, a test device, keys. */
export async function furnish(operator: Operator): Promise<void> {
  const { policies } = await operator<{ policies: { id: string }[] }>('GET', '/v1/policies')
  if (policies.some(({ id }) => id === 'our-policy')) return
  const { document } = await operator<{ document: { rules: object[] } }>('GET', '/v1/policies/software-only')
  const rule = { when: "software.build == '1.4.0'", tier: 'contraindicated', reason: 'X_RECALLED_RELEASE' }
  await operator('PUT', '/v1/policies/our-policy', document)
  await operator('PUT', '/v1/policies/our-policy', { ...document, rules: [rule, ...document.rules] })
  await operator('PATCH', `/v1/apps/${shop}`, { shadow_policy: 'our-policy' })
  await operator('PATCH', `/v1/apps/${wallet}`, { let_through_tiers: ['warning', 'contraindicated'] })
  await operator('PATCH', `/v1/apis/${encodeURIComponent(audiences.payments)}`, { enforcement: 'observe' })
  const note = 'ticket 4711: sold on a market place, with the account of somebody else'
  for (const letter of ['B', 'C', 'D'])
    await operator('POST', `/v1/apps/${shop}/bans`, { key: letter.repeat(43), note, expires_at: inDays(30) })
  await operator('POST', `/v1/apps/${shop}/allow`, {
    ...{ key: 'E'.repeat(43), audience: audiences.orders, note: 'phone of the test bench' },
    expires_at: inDays(60),
  })
  const ending = { name: 'Grace, on call', scope: 'read', expires_at: inDays(5) }
  await operator('POST', '/v1/keys', ending)
}

/**
 * Takes pictures of every page, of its dialogs, and of rare states, wide and narrow, light and dark.
 *
 * @param only pictures whose names it matches
 * @returns their files
 */
export async function takeLookbook(service: Lively, folder: string, only = /./): Promise<string[]> {
  await furnish(service.operator)
  const subjects = subjectsOf(await refusedTrace(service)).filter(({ name }) => only.test(name))
  return inEachLook(folder, (browser, look) => takeAll(browser, service, { ...look, subjects, folder }))
}

interface Subjects extends Look {
  subjects: readonly Subject[]
  folder: string
}

async function takeAll(browser: Browser, service: Lively, { subjects, folder, size, scheme }: Subjects) {
  const context = await browser.newContext({ viewport: sizes[size], colorScheme: scheme })
  await signIn(await context.newPage(), service)
  const files: string[] = []
  for (const { name, at, before, then } of subjects) {
    const page = await context.newPage()
    await before?.(page)
    await page.goto(`${service.consoleUrl}/console/${at}`)
    await page.locator('#main h1').waitFor()
    if (name !== 'state-waiting')
      await page.waitForFunction(() => document.querySelector('.loading') === null)
    // The stream brings the latest outcomes, and a chart takes its width.
    await page.waitForTimeout(300)
    await then?.(page).catch((cause: unknown) => {
      throw new Error(`no picture of ${name}`, { cause })
    })
    await page.waitForTimeout(200)
    const file = path.join(folder, `${name}-${size}-${scheme}.png`)
    // A dialog stands in the window, and not on the whole page.
    await page.screenshot({ path: file, fullPage: !name.startsWith('dialog-') })
    files.push(file)
    await context.setOffline(false)
    await page.close()
  }
  await context.close()
  return files
}
