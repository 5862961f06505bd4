import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { findChromium, launchChromium, type Browser, type Page } from '../browsers/chromium.ts'
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

/** Takes pictures of every page of the console, wide and narrow, light and dark. @returns their files */
export async function takeScreenshots(service: LivelyService, folder: string): Promise<string[]> {
  const executable = findChromium()
  if (executable === undefined) throw new Error('there is no Chromium: set CHROMIUM')
  await mkdir(folder, { recursive: true })
  const browser = await launchChromium(executable)
  try {
    const trace = await refusedTrace(service)
    const files: string[] = []
    for (const size of Object.keys(sizes) as (keyof typeof sizes)[])
      for (const scheme of schemes)
        files.push(...(await takeAll(browser, service, { size, scheme, trace, folder })))
    return files
  } finally {
    await browser.close()
  }
}

interface Look {
  size: keyof typeof sizes
  scheme: (typeof schemes)[number]
  trace: RefusedTrace
  folder: string
}

async function takeAll(
  browser: Browser,
  service: LivelyService,
  { size, scheme, trace, folder }: Look,
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
