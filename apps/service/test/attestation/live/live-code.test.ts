import { defaultProbes, mediaTypes, type ClientData, type SegmentSummary } from '@assay/protocol'
import type { AttestationTrace, Build } from '@assay/protocol/schemas'
import { coreFunctions as names, exercises as known, type CodeImage } from '@assay/measurement'
import { createApkSigner, rebuildApk, apkSegments } from '@assay/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { hasVectorApks, vectorApk } from '../../support/vector-apks.ts'
import { audience } from '../../support/web-app.ts'
import { zipOf } from '../../support/zip-file.ts'
import { bundleApp, noting, withoutSource, type BundledApp, type Wire } from './bundled-app.ts'

const app = 'com.example.node'
let service: ServiceUnderTest
let bundled: BundledApp
let wire: Wire

beforeAll(async () => {
  service = await runService()
  bundled = await bundleApp()
  await service.call('POST', '/v1/apps', { body: { id: app, platform: 'node' } })
  await service.call('POST', '/v1/apis', { body: { audience, apps: [app], tiers: ['warning'] } })
})
afterAll(async () => {
  await service.close()
  await bundled.remove()
})
beforeEach(() => {
  wire = { clientData: [], plan: '', trace: '', onChallenge: () => Promise.resolve() }
})

type Options = Partial<Parameters<BundledApp['code']['createNodeClient']>[0]>

function install(options: Options = {}) {
  return bundled.code.createNodeClient({
    endpoints: [service.url],
    app,
    build: '1',
    audiences: { [audience]: audience },
    image: () => bundled.code.nodeFolderImage(bundled.folder),
    fetch: noting(wire),
    ...options,
  })
}

/** `served`, or the code of the error. */
async function attest(client: ReturnType<typeof install>): Promise<string> {
  const outcome = client.getToken(audience, { forceRefresh: true }).then(
    () => 'served',
    (error: unknown) => (error as { code: string }).code,
  )
  return outcome
}

async function attestOnce(options: Options = {}): Promise<string> {
  const client = install(options)
  return attest(client).finally(() => client.close())
}

const lastPlan = () =>
  JSON.parse(Buffer.from(wire.plan, 'base64url').toString()) as {
    live: { show: string[]; run: string[] }
    probes: string[]
  }
const traced = async () =>
  (await service.call('GET', `/v1/attestations/${wire.trace}`)).json as AttestationTrace
const switchOn = (...probes: string[]) => service.call('PATCH', `/v1/apps/${app}`, { body: { probes } })
const last = () => wire.clientData.at(-1) as ClientData

async function register(id: string, files: Record<string, Uint8Array>, query = ''): Promise<Build> {
  const answer = await service.call('POST', `/v1/apps/${app}/builds?id=${id}${query}`, {
    body: zipOf(files),
    headers: { 'content-type': mediaTypes.zip },
  })
  return answer.json
}

describe('registration', () => {
  it('finds the SDK in the scripts of a build', async () => {
    const build = await register('1', { 'app.cjs': bundled.script })
    expect(build).toMatchObject({ sdk: 'assay-js/0.1.0', warnings: [] })
    expect((await service.call('GET', `/v1/apps/${app}/builds/1`)).json).toEqual(build)
  })

  it('warns of a build without SDK', async () => {
    const build = await register('none', { 'app.js': Buffer.from('"assay-js/"'.repeat(100)) })
    expect(build).toMatchObject({ sdk: null, warnings: ['no_sdk_segment', 'sdk_missing'] })
  })

  it.each<[string, (script: Buffer) => Record<string, Uint8Array>]>([
    ['the SDK twice', (script) => ({ 'app.cjs': script, 'worker.cjs': script })],
    [
      'a function without its marker',
      (script) => ({ 'app.cjs': Buffer.from(script.toString().replace('assay:live:parse-plan', 'x')) }),
    ],
    [
      'a version that this service does not know',
      (script) => ({ 'app.cjs': Buffer.from(script.toString().replace('assay-js/0.1.0', 'assay-js/9.0.0')) }),
    ],
  ])('warns of %s, and does without live code and probes', async (what, filesOf) => {
    const id = what.replace(/ /g, '-')
    const files = filesOf(bundled.script)
    const build = await register(id, files)
    expect(build.sdk).toMatch(/^assay-js\//)
    expect(build.warnings).toEqual(['sdk_manifest_incomplete'])
    expect(await attestOnce({ build: id, image: imageOf(files) })).toBe('served')
    expect(lastPlan()).toMatchObject({ live: { show: [], run: [] }, probes: [] })
  })
})

function imageOf(files: Record<string, Uint8Array>): CodeImage {
  return {
    segments: Object.entries(files).map(([name, { length }]) => ({ name, kind: 'script', length })),
    read: (name, offset, length) => (files[name] as Uint8Array).slice(offset, offset + length),
  }
}

describe('live code', () => {
  it('is requested from the SDK in the build, and answered', async () => {
    expect(await attestOnce()).toBe('served')
    expect(lastPlan().live).toEqual({ show: Object.keys(names), run: Object.keys(known) })
    expect(Object.keys(last().measurement.tags)).toContain('live:parse-plan')
  })

  it('with one function patched in memory is denied, shown to the operator, and served once restored', async () => {
    const { coreFunctions, exercises } = bundled.code
    const patched = (answer: unknown) => (answer === '' ? '' : 'all is well')
    const functions = { ...coreFunctions, 'probe-answer': patched }
    expect(await attestOnce({ live: { functions, exercises } })).toBe('attestation_denied')
    expect(await traced()).toMatchObject({
      code: 'SOFTWARE_SEGMENT_MISMATCH',
      segments: ['live:probe-answer'],
    })
    expect(await attestOnce({ live: { functions: coreFunctions, exercises } })).toBe('served')
  })

  it('with a different behaviour is denied, on any engine', async () => {
    const { coreFunctions, exercises } = bundled.code
    const waving = { ...exercises, 'refusal.1': () => new Uint8Array() }
    expect(await attestOnce({ live: { functions: coreFunctions, exercises: waving } })).toBe(
      'attestation_denied',
    )
    expect(await traced()).toMatchObject({ code: 'SOFTWARE_RESPONSE_MISMATCH', segments: [] })
  })

  it('without source is denied if the registered engine shows source', async () => {
    expect(await withoutSource(() => attestOnce())).toBe('attestation_denied')
    expect(await traced()).toMatchObject({ code: 'SOFTWARE_LIVE_CODE' })
  })
})

/** Begins as Hermes bytecode does. */
const bytecode = Buffer.concat([Buffer.from('c61fbc03c103191f', 'hex'), Buffer.alloc(600, 1)])

describe.runIf(hasVectorApks())('an engine that shows no source', () => {
  it('is served, with the live-code step absent', async () => {
    const id = 'android.appsecurity.cts.tinyapp'
    const apk = await rebuildApk(
      vectorApk('golden-aligned-v2-out.apk'),
      {
        variant: 'as-is',
        put: {
          'assets/app.cjs': bundled.script,
          'assets/index.android.bundle': bytecode,
        },
      },
      await createApkSigner('Release'),
    )
    await service.call('POST', '/v1/apps', { body: { id, platform: 'android' } })
    await service.call('POST', '/v1/apis', {
      body: { audience: 'https://hermes.example.com', apps: [id], tiers: ['warning'] },
    })
    const added = await service.call('POST', `/v1/apps/${id}/builds?id=1&allow_debuggable=true`, {
      body: apk,
      headers: { 'content-type': mediaTypes.apk },
    })
    expect(added.json).toMatchObject({ framework: 'react-native-hermes', sdk: 'assay-js/0.1.0' })
    const segments = await apkSegments(apk)
    const image: CodeImage = {
      segments: segments.map(({ name, kind, bytes: { length } }) => ({ name, kind, length })),
      read: (name, offset, length) =>
        (segments.find((segment) => segment.name === name)?.bytes as Uint8Array).slice(
          offset,
          offset + length,
        ),
    }
    const client = install({
      app: id,
      image,
      audiences: { 'https://hermes.example.com': 'https://hermes.example.com' },
    })
    await withoutSource(() => client.getToken())
    client.close()
    expect(lastPlan().live.show).toEqual(Object.keys(names))
    const tags = Object.keys(last().measurement.tags)
    expect(tags.some((name) => name.startsWith('live:'))).toBe(false)
    expect(tags).toHaveLength((added.json as { segments: SegmentSummary[] }).segments.length)
  })
})

describe('probes', () => {
  it('are four by default, and are answered', async () => {
    expect(await attestOnce()).toBe('served')
    expect(Object.keys(last().probes).sort()).toEqual([...defaultProbes.web].sort())
  })

  it('that are switched on are answered by an SDK already running, at its next refresh (P7)', async () => {
    await switchOn()
    const client = install()
    expect(await attest(client)).toBe('served')
    expect(last().probes).toEqual({})
    expect((await switchOn('js.source', 'js.emulator')).json).toMatchObject({
      probes: ['js.emulator', 'js.source'],
    })
    expect(await attest(client)).toBe('served')
    expect(last().probes).toEqual({ 'js.emulator': '', 'js.source': true })
    client.close()
  })

  it('that change between challenge and answer do not invalidate the challenge', async () => {
    await switchOn('js.source')
    wire.onChallenge = () => switchOn('js.emulator')
    expect(await attestOnce()).toBe('served')
    expect(Object.keys(last().probes)).toEqual(['js.source'])
    wire.onChallenge = () => Promise.resolve()
    expect(await attestOnce()).toBe('served')
    expect(Object.keys(last().probes)).toEqual(['js.emulator'])
  })

  it('are judged by policy', async () => {
    await switchOn('js.automation')
    const global = globalThis as { __playwright?: unknown }
    global.__playwright = true
    try {
      expect(await attestOnce()).toBe('attestation_denied')
    } finally {
      delete global.__playwright
    }
    expect(await traced()).toMatchObject({ code: 'AUTOMATION' })
    expect(await attestOnce()).toBe('served')
  })
})
