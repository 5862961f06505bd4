import { expect, it } from 'vitest'
import { shop } from '../../src/console/apps.ts'
import type { SharedConsole } from './opened.ts'

const pages = (trace: string, key: string) => [
  '',
  'apps',
  `apps/${shop}`,
  'attestations',
  `attestations/${trace}`,
  'refusals',
  'rollout',
  'installations',
  `installations/${shop}/${key}`,
  'apis',
  'policies',
  'policies/balanced',
  'bans',
  'keys',
  'audit',
  'search',
]

/** Pages that the console offers to such a key, or links to. */
const ofSupport = (page: string) => /^(attestations\/|refusals|installations|bans|search|$)/.test(page)

/** Words of a page that found nothing: false where the key only may not see it. */
const claims = /not registered|of 0 attestations|No app is registered|^None$/m

/** Every page with every scope that signs in: none takes what the key may not see for missing, and none tries in vain. */
export function scopeCases(shared: SharedConsole): void {
  it.each(['read', 'policy', 'support'] as const)(
    'opens every page with a key of scope %s',
    async (scope) => {
      const { secret, id } = await shared.service.operator<{ id: string; secret: string }>(
        'POST',
        '/v1/keys',
        {
          ...{ name: `pages ${scope}`, scope },
          ...(scope === 'support' ? { apps: [shop] } : {}),
        },
      )
      const { attestations } = await shared.service.operator<{
        attestations: { trace: string; key: string | null }[]
      }>('GET', `/v1/attestations?app=${shop}&outcome=denied&limit=50`)
      const refusal = attestations.find(({ key }) => key !== null)
      const context = await shared.browser.newContext()
      const page = await context.newPage()
      const refused: string[] = []
      page.on('response', (answer) => {
        if (answer.status() === 403) refused.push(new URL(answer.url()).pathname)
      })
      await page.goto(`${shared.service.consoleUrl}/console/`)
      await page.getByLabel('API key').fill(secret)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.locator('#main h1').waitFor()
      for (const at of pages(refusal?.trace ?? '', refusal?.key ?? '')) {
        refused.length = 0
        await shared.visit(page, at)
        const text = await page.locator('#main').innerText()
        if (scope !== 'support' || ofSupport(at)) expect(refused, at).toEqual([])
        expect(text, at).not.toMatch(claims)
      }
      const { entries } = await shared.service.operator<{ entries: { object: string }[] }>(
        'GET',
        `/v1/audit?action=act.refused&limit=100`,
      )
      const acts = entries.filter(({ object }) => object.includes('/v1/attestations/:trace'))
      expect(acts).toEqual([])
      await shared.service.operator('DELETE', `/v1/keys/${id}`)
      await context.close()
    },
  )
}
