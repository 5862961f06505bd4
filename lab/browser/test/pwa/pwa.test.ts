import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCliProcess, startFreshService, type FreshService } from '@assay/testkit'
import { startGuardedApi, type GuardedApi } from '@assay/testkit/victims'
import { serveFolder, type SiteServer } from '../../src/serve-folder.ts'
import { browsers, type AnyBrowser } from '../in-each-browser.ts'
import type { PwaKind } from './build-pwa.ts'
import { playDeploys, type PwaStage } from './visits.ts'

/**
 * The table of `docs/guides/pwa.md`. It takes minutes: with ASSAY_PWA=all, as at night. Otherwise `production.test.ts` plays
 * a part of it.
 */
const isWhole = process.env['ASSAY_PWA'] === 'all'
const app = 'com.example.pwa'
/** Without `js.automation`: a test drives the browser. */
const probes = ['js.crypto', 'js.network', 'js.replaced']
const cli = createCliProcess()

const kinds = (['generateSW', 'injectManifest'] as const).flatMap((strategy) =>
  (['autoUpdate', 'prompt'] as const).flatMap((registerType) =>
    (['image', 'entry'] as const).map((coverage): PwaKind => ({ strategy, registerType, coverage })),
  ),
)

it('needs Chromium and Firefox for the whole table', () => {
  const missing = Object.keys(browsers).length < 2
  expect(isWhole && process.env['ASSAY_REQUIRE_ALL'] === '1' && missing).toBe(false)
})

describe.runIf(isWhole)('deploys of an app with vite-plugin-pwa', () => {
  let root: string
  let service: FreshService
  let api: GuardedApi
  let site: SiteServer

  const assay = async (...args: string[]) => (await cli.succeed(args, service.env)).stdout

  beforeAll(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'assay-pwa-'))
    ;[service, site] = await Promise.all([startFreshService(cli), serveFolder(path.join(root, 'served'))])
    const origins = [site.origin]
    api = await startGuardedApi({ issuer: service.url, apps: [app], tiers: ['warning'], origins })
    await assay('app', 'add', app, '--platform', 'web', '--probe', ...probes)
    await assay('api', 'add', api.url, '--app', app, '--tier', 'warning', '--origin', site.origin)
  })
  afterAll(async () => {
    await Promise.all([service?.stop(), api?.close(), site?.close()])
    await rm(root, { recursive: true, force: true })
  })

  describe.each(Object.keys(browsers))('%s', (name) => {
    let browser: AnyBrowser
    beforeAll(async () => {
      browser = await (browsers[name] as () => Promise<AnyBrowser>)()
    })
    afterAll(() => browser?.close())

    it.each(kinds)('$strategy $registerType $coverage', async (kind) => {
      const stage: PwaStage = {
        ...{ endpoint: service.url, app, api: api.url, site: site.origin },
        ...{ served: path.join(root, 'served'), work: path.join(root, 'work') },
        register: (folder, coverage) => assay('build', 'add', folder, '--app', app, '--coverage', coverage),
        visitor: browser.visitor,
      }
      const rows = await playDeploys(stage, kind)
      console.log(name, JSON.stringify(kind), JSON.stringify(rows))
      const good = expect.stringMatching(/^served(?: after one reload)?$/) as string
      expect(rows).toEqual(rows.map(() => ({ returning: good, tab: good })))
    })
  })
})
