import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { inChromium, type Browser, type Page } from '../browsers/chromium.ts'
import type { LivelyService } from './lively-service.ts'

export const sizes = { wide: { width: 1280, height: 860 }, narrow: { width: 390, height: 844 } } as const
export const schemes = ['light', 'dark'] as const

/** The pages, and the names of their pictures. `trace` shows a refused attestation, whose sender has `key`. */
export const pagesOf = ({ trace, app, key }: RefusedTrace) => ({
  overview: '',
  apps: 'apps',
  app: 'apps/com.example.shop',
  build: 'apps/com.example.shop/builds/1.5.0',
  attestations: 'attestations',
  attestation: `attestations/${trace}`,
  refusals: 'refusals',
  rollout: 'rollout?app=com.example.shop',
  installations: 'installations',
  installation: `installations/${app}/${key}`,
  apis: 'apis',
  policies: 'policies',
  api: 'apis/https%3A%2F%2Fapi.example.com',
  policy: 'policies/balanced',
  bans: 'bans',
  keys: 'keys',
  audit: 'audit',
  'not-found': 'nowhere',
})

export interface RefusedTrace {
  trace: string
  app: string
  /** Of the installation. */
  key: string
}

/** Signs in with the form, as a person does. */
export async function signIn(
  page: Page,
  { consoleUrl, adminKey }: Pick<LivelyService, 'consoleUrl' | 'adminKey'>,
) {
  await page.goto(`${consoleUrl}/console/`)
  await page.getByLabel('API key').fill(adminKey)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
}

/** A trace of an attestation that was denied and appraised. */
export async function refusedTrace({ operator }: Pick<LivelyService, 'operator'>): Promise<RefusedTrace> {
  const { attestations } = await operator<{
    attestations: (Omit<RefusedTrace, 'key'> & { key: string | null })[]
  }>('GET', '/v1/attestations?outcome=denied&limit=50')
  const named = attestations.flatMap(({ trace, app, key }) => (key === null ? [] : [{ trace, app, key }]))
  const found = named.find(({ app }) => app === 'com.example.wallet') ?? named[0]
  if (found === undefined) throw new Error('nothing was refused')
  return found
}

/** How a page is looked at. */
export interface Look {
  readonly size: keyof typeof sizes
  readonly scheme: (typeof schemes)[number]
}

/** Takes pictures in Chromium, wide and narrow, light and dark. @returns their files */
export async function inEachLook(
  folder: string,
  take: (browser: Browser, look: Look) => Promise<string[]>,
): Promise<string[]> {
  await mkdir(folder, { recursive: true })
  return inChromium(async (browser) => {
    const files: string[] = []
    for (const size of Object.keys(sizes) as (keyof typeof sizes)[])
      for (const scheme of schemes) files.push(...(await take(browser, { size, scheme })))
    return files
  })
}

/** Takes pictures of every page of the console. @returns their files */
export async function takeScreenshots(service: LivelyService, folder: string): Promise<string[]> {
  const trace = await refusedTrace(service)
  return inEachLook(folder, (browser, look) => takeAll(browser, service, { ...look, trace, folder }))
}

interface Pages extends Look {
  trace: RefusedTrace
  folder: string
}

async function takeAll(
  browser: Browser,
  service: LivelyService,
  { size, scheme, trace, folder }: Pages,
): Promise<string[]> {
  const context = await browser.newContext({ viewport: sizes[size], colorScheme: scheme })
  const page = await context.newPage()
  await page.goto(`${service.consoleUrl}/console/`)
  await page.getByLabel('API key').waitFor()
  const take = async (name: string) => {
    const file = path.join(folder, `${name}-${size}-${scheme}.png`)
    await page.screenshot({ path: file, fullPage: name !== 'sign-in' })
    return file
  }
  const files = [await take('sign-in')]
  await signIn(page, service)
  for (const [name, at] of Object.entries(pagesOf(trace))) {
    await page.goto(`${service.consoleUrl}/console/${at}`)
    await page.locator('#main h1').waitFor()
    await page.waitForFunction(() => document.querySelector('.loading') === null)
    // The stream brings the latest outcomes.
    await page.waitForTimeout(400)
    files.push(await take(name))
  }
  await context.close()
  return files
}
