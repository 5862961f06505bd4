import { utf8 } from '@assay/protocol'
import { afterEach, expect, it, vi } from 'vitest'
import { memoryImage } from '../../src/image/memory-image.ts'
import { nodeKeyStore } from '../../src/node/key-store.ts'
import { createWebClient, type WebClientOptions } from '../../src/web/client.ts'
import { webSharedState } from '../../src/web/shared-state.ts'
import { fakeService } from '../fake/fake-service.ts'
import { fakeStore } from '../fake/fake-store.ts'
import { fakeTime } from '../fake/fake-time.ts'
import { codeOf } from '../fake/fake-world.ts'

afterEach(() => void vi.unstubAllGlobals())

/** A client in a page whose bundler wrote what it needs, if it did; `fetch` is the page's own. */
function clientInPage(
  fetch: typeof globalThis.fetch,
  options: Partial<WebClientOptions> = {},
  written: object | undefined = { build: '1.0+1', files: ['index.b1.html'], root: '/app/' },
) {
  const document = Object.assign(new EventTarget(), {
    baseURI: 'https://app.example/app/route',
    getElementById: () => written && { textContent: JSON.stringify(written) },
    querySelectorAll: () => [],
  })
  const globals = {
    document,
    fetch,
    indexedDB: {},
    navigator: {},
    addEventListener: () => undefined,
  }
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
  const time = fakeTime()
  const page = memoryImage([{ name: 'index.b1.html', kind: 'script', bytes: utf8('<html>') }])
  const client = createWebClient({
    endpoints: ['https://attest.example'],
    app: 'com.example.app',
    audiences: { 'https://api.example': 'https://api.example' },
    keyStore: nodeKeyStore(),
    shared: webSharedState('test', fakeStore(), undefined),
    fetch: fakeService(time, page).fetch,
    clock: time.clock,
    timers: time.timers,
    ...({ build: undefined, files: undefined, root: undefined } as object),
    ...options,
  })
  return { client, time }
}

it('takes an option that is undefined as one that is left out: what the bundler wrote holds', async () => {
  const fetched: unknown[] = []
  const { client } = clientInPage(async (url) => (fetched.push(url), new Response('<html>')))
  expect((await client.getToken()).token).toBe('token-1')
  expect(fetched).toEqual(['https://app.example/app/index.b1.html'])
  client.close()
})

it('gives up a file that never arrives after two minutes, and fetches it again at the next exchange', async () => {
  const signals: AbortSignal[] = []
  const { client, time } = clientInPage(async (_url, init) => {
    if (signals.push(init?.signal as AbortSignal) === 1) await new Promise(() => undefined)
    return new Response('<html>')
  })
  expect(await codeOf(time.settle(client.getToken()))).toBe('measurement_failed')
  expect(signals[0]?.aborted).toBe(true)
  await time.advance(1000)
  expect((await client.getToken()).token).toBe('token-1')
  client.close()
})

it('refuses a development secret in a page that names its build, and in no other', () => {
  const secret = { developmentSecret: 'assaydev_x', build: 'dev' }
  expect(() => clientInPage(fetch, secret)).toThrow(
    expect.objectContaining({
      code: 'ERR_INVALID_ARG_VALUE',
      message: 'developmentSecret (not in a page with a build): missing or wrong',
    }),
  )
  clientInPage(fetch, secret, {}).client.close()
})
