import { cp, rm } from 'node:fs/promises'
import path from 'node:path'
import { vi } from 'vitest'
import { buildPwa, type PwaKind } from './build-pwa.ts'

/** What the drivers of both browsers have in common. */
export interface PwaPage {
  goto(url: string): Promise<unknown>
  click(selector: string): Promise<unknown>
  evaluate<T>(look: () => T | Promise<T>): Promise<T>
}

/** Where the app is built, registered, served and visited. */
export interface PwaStage {
  endpoint: string
  app: string
  api: string
  /** Origin of the site. */
  site: string
  /** The folder that it serves. */
  served: string
  /** A folder for what is built. */
  work: string
  register(folder: string, coverage: PwaKind['coverage']): Promise<unknown>
  /** A page in a profile without history; `open` another one in the same. */
  visitor(): Promise<{ open(): Promise<PwaPage> }>
}

/** How an exchange went. */
export type Visit = 'served' | 'served after one reload' | (string & {})

export interface DeployRow {
  /** By a visitor who comes back after the deploy. */
  returning: Visit
  /** In a tab that was open during it. */
  tab: Visit
}

/** Three deploys in a row: the app, the same with another `config.js`, and with other scripts. */
export async function playDeploys(stage: PwaStage, kind: PwaKind, deploys = 3): Promise<DeployRow[]> {
  const { endpoint, app, api, site } = stage
  const marker = `${kind.strategy} ${kind.registerType} ${kind.coverage}`
  const releases = [
    { config: 'one', release: `${marker} 1` },
    { config: 'two', release: `${marker} 1` },
    { config: 'two', release: `${marker} 2` },
  ].slice(0, deploys)
  await rm(stage.served, { recursive: true, force: true })
  const visitor = await stage.visitor()
  const rows: DeployRow[] = []
  let tab: PwaPage | undefined
  for (const [i, release] of releases.entries()) {
    const folder = path.join(stage.work, `${i}`)
    await buildPwa(folder, { ...kind, ...release, endpoint, app, api })
    await stage.register(folder, kind.coverage)
    await cp(folder, stage.served, { recursive: true })
    // The tab of before the deploy notices it before it makes an exchange: nothing in its way is left to chance.
    const tabVisit = tab === undefined ? 'served' : await updateAndAsk(tab, kind)
    const back = await visitor.open()
    await back.goto(site)
    rows.push({ returning: await ask(back), tab: tabVisit })
    tab = await visitor.open()
    await tab.goto(site)
    await tab.evaluate(async () => void (await navigator.serviceWorker.ready))
  }
  return rows
}

async function updateAndAsk(tab: PwaPage, { registerType }: PwaKind): Promise<Visit> {
  const state = registerType === 'autoUpdate' ? 'activated' : 'installed'
  await tab.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()))
  const look = async () => {
    const { installing, waiting, active } = await navigator.serviceWorker.ready
    return (installing ?? waiting ?? active)?.state
  }
  await vi.waitUntil(async () => [state, 'activated'].includes((await tab.evaluate(look)) ?? ''), waiting)
  return ask(tab)
}

const waiting = { timeout: 60_000, interval: 50 }

/** How an exchange goes, and after how many reloads. */
async function ask(page: PwaPage): Promise<Visit> {
  const first = await press(page)
  if (first.startsWith('200 ')) return 'served'
  if (first !== 'reloaded') return first
  const second = await press(page)
  return second.startsWith('200 ') ? 'served after one reload' : `after one reload: ${second}`
}

/** What the page says; `reloaded` if it was denied as outdated, after which the SDK reloads it. */
async function press(page: PwaPage): Promise<string> {
  const before = await page.evaluate(() => performance.timeOrigin)
  await page.click('#orders')
  return vi.waitUntil(async () => {
    const { origin, isComplete, said } = await look(page)
    if (origin !== before) return isComplete && 'reloaded'
    return !said.startsWith('failed: page_outdated') && said
  }, waiting)
}

const between = { origin: 0, isComplete: false, said: '' }

async function look(page: PwaPage): Promise<typeof between> {
  try {
    return await page.evaluate(() => ({
      origin: performance.timeOrigin,
      isComplete: document.readyState === 'complete',
      said: (document.querySelector('output') as HTMLOutputElement).value,
    }))
  } catch {
    // It is between two documents.
    return between
  }
}
