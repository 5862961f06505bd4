import { utf8 } from '@assay/protocol'
import { vi } from 'vitest'
import { memoryImage } from '../../src/image/memory-image.ts'
import { nodeKeyStore } from '../../src/node/key-store.ts'
import { createWebClient, type WebClientOptions } from '../../src/web/client.ts'
import { webSharedState } from '../../src/web/shared-state.ts'
import { fakeService } from './fake-service.ts'
import { fakeStore } from './fake-store.ts'
import { fakeTime } from './fake-time.ts'

/**
 * A client in a page whose bundler wrote what it needs, if it did; `fetch` is the page's own, `more` other globals. Its
 * globals are stubbed until `vi.unstubAllGlobals`.
 */
export function clientInPage(
  fetch: typeof globalThis.fetch,
  options: Partial<WebClientOptions> = {},
  written: object | undefined = { build: '1.0+1', files: ['index.b1.html'], root: '/app/' },
  more: object = {},
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
    ...more,
  }
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
  const time = fakeTime()
  const page = memoryImage([{ name: 'index.b1.html', kind: 'script', bytes: utf8('<html>') }])
  const service = fakeService(time, page)
  const client = createWebClient({
    endpoints: ['https://attest.example'],
    app: 'com.example.app',
    audiences: { 'https://api.example': 'https://api.example' },
    keyStore: nodeKeyStore(),
    shared: webSharedState('test', fakeStore(), undefined),
    fetch: service.fetch,
    clock: time.clock,
    timers: time.timers,
    ...({ build: undefined, files: undefined, root: undefined } as object),
    ...options,
  })
  return { client, time, service }
}
