import type { Page } from '../browsers/chromium.ts'
import { audiences, shop, wallet } from './apps.ts'
import { pagesOf, type RefusedTrace } from './screenshots.ts'

/** Something to look at: a page, one of its dialogs, or a state that it may be in. */
export interface Subject {
  /** Of its picture. */
  name: string
  /** The page, below the console. */
  at: string
  /** With requests of the page answered otherwise, before it is opened. */
  before?: (page: Page) => Promise<unknown>
  /** On the page, before the picture is taken. */
  then?: (page: Page) => Promise<unknown>
}

const press = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).first().click()

const answering = (pattern: string, status: number, json: object) => (page: Page) =>
  page.route(pattern, (route) => route.fulfill({ status, json }))

/** Dialogs, by the button that opens each. */
function dialogsOf({ app, key }: RefusedTrace): Subject[] {
  const installation = `installations/${app}/${key}`
  const dialog = (name: string, at: string, button: string | RegExp): Subject => ({
    name: `dialog-${name}`,
    at,
    then: press(button),
  })
  return [
    dialog('app-add', 'apps', 'Register an app'),
    dialog('app-edit', `apps/${shop}`, `Edit ${shop}`),
    dialog('app-remove', `apps/${shop}`, /^Remove com/),
    dialog('build-add', `apps/${shop}`, /^Register a build/),
    dialog('build-retire', `apps/${shop}/builds/1.5.0`, /^Retire/),
    dialog('build-change', `apps/${shop}/builds/1.5.0`, /^Change build/),
    dialog('shadow-policy', `apps/${shop}`, /^Change/),
    dialog('api-add', 'apis', 'Register an API'),
    dialog('api-edit', `apis/${encodeURIComponent(audiences.orders)}`, /^Edit/),
    dialog('policy-roll-back', 'policies/our-policy', /^Roll back/),
    dialog('policy-remove', 'policies/our-policy', /^Remove/),
    dialog('ban', installation, /^Ban installation/),
    dialog('let-through', installation, /^Let through/),
    dialog('forget', installation, /^Forget/),
    dialog('ban-lift', `bans?app=${shop}`, /^Lift/),
    dialog('device-remove', `bans?app=${shop}`, /^Remove the test device/),
    {
      ...dialog('key-add', 'keys', 'Create a key'),
      then: async (page) => {
        await press('Create a key')(page)
        await page.getByRole('dialog').getByLabel('Scope').selectOption('support')
      },
    },
    dialog('key-remove', 'keys', /^Remove the key release/),
    dialog('audit-entry', 'audit', /^Details of entry/),
  ]
}

const forbidden = { title: 'The API key may not do this', code: 'scope_insufficient' }
const broken = {
  title: 'The service has a fault',
  code: 'internal',
  trace: '4bf92f3577b34da6a3ce929d0e0e4736',
}

/** States that are rare: nothing, an error, no network, no answer yet, and nothing of that name. */
const states: readonly Subject[] = [
  { name: 'state-empty-overview', at: '', before: answering('**/console/v1/stats?*', 200, empty('groups')) },
  { name: 'state-empty-apps', at: 'apps', before: answering('**/console/v1/apps?*', 200, { apps: [] }) },
  { name: 'state-empty-bans', at: `bans?app=${wallet}` },
  { name: 'state-empty-refusals', at: 'refusals?app=com.example.nobody' },
  { name: 'state-error-keys', at: 'keys', before: answering('**/console/v1/keys?*', 403, forbidden) },
  { name: 'state-error-stats', at: '', before: answering('**/console/v1/stats?*', 500, broken) },
  {
    name: 'state-offline',
    at: 'refusals',
    then: (page) => page.context().setOffline(true),
  },
  {
    name: 'state-waiting',
    at: 'apis',
    before: (page) => page.route('**/console/v1/apis?*', () => new Promise(() => undefined)),
  },
  { name: 'state-unknown-trace', at: 'attestations/4bf92f3577b34da6a3ce929d0e0e4736' },
  { name: 'state-unknown-app', at: 'apps/com.example.nobody' },
  { name: 'state-unknown-build', at: `apps/${shop}/builds/9.9.9` },
  { name: 'state-unknown-installation', at: `installations/${shop}/${'A'.repeat(43)}` },
  { name: 'state-new-policy', at: 'policies/mine' },
  {
    name: 'state-exact-times',
    at: 'refusals',
    then: (page) => page.locator('.table .time').first().click(),
  },
  {
    name: 'state-dry-run',
    at: 'policies/strict',
    then: async (page) => {
      await page.getByLabel('App', { exact: true }).selectOption(shop)
      await press('Try it')(page)
      await page.getByText('Would be refused').waitFor()
    },
  },
  {
    name: 'state-audit-verified',
    at: 'audit',
    then: async (page) => {
      await press('Verify')(page)
      await page.getByText('are whole').waitFor()
    },
  },
  {
    name: 'state-found',
    at: `installations?app=${shop}`,
    then: async (page) => {
      await page.getByLabel('Find anything').fill('build 1.0.0 and attestation_denied')
      await page.getByLabel('Find anything').press('Enter')
      await page.getByText('finds').first().waitFor()
    },
  },
  {
    name: 'state-navigation',
    at: '',
    then: async (page) => {
      const menu = page.getByRole('button', { name: 'Navigation' })
      if (await menu.isVisible()) await menu.click()
    },
  },
]

function empty(member: string) {
  return {
    [member]: [],
    since: '2026-11-01T00:00:00.000Z',
    until: '2026-11-02T00:00:00.000Z',
    latency: { buckets: [], p50_ms: null, p90_ms: null, p99_ms: null },
    truncated: false,
  }
}

export const subjectsOf = (trace: RefusedTrace): Subject[] => [
  ...Object.entries(pagesOf(trace)).map(([name, at]) => ({ name: `page-${name}`, at })),
  ...dialogsOf(trace),
  ...states,
]
