import { utf8 } from '@assay/protocol'
import { afterEach, expect, it, vi } from 'vitest'
import { memoryImage } from '../../src/image/memory-image.ts'
import { nodeKeyStore } from '../../src/node/key-store.ts'
import { createWebClient } from '../../src/web/client.ts'
import { webSharedState } from '../../src/web/shared-state.ts'
import { fakeService } from '../fake/fake-service.ts'
import { fakeStore } from '../fake/fake-store.ts'
import { fakeTime } from '../fake/fake-time.ts'

afterEach(() => void vi.unstubAllGlobals())

it('takes an option that is undefined as one that is left out: what the bundler wrote holds', async () => {
  const written = { build: '1.0+1', files: ['index.b1.html'], root: '/app/' }
  const document = Object.assign(new EventTarget(), {
    baseURI: 'https://app.example/app/route',
    getElementById: () => ({ textContent: JSON.stringify(written) }),
    querySelectorAll: () => [],
  })
  const fetched: unknown[] = []
  const fetchPage = async (url: unknown) => (fetched.push(url), new Response('<html>'))
  const globals = {
    document,
    fetch: fetchPage,
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
  })
  expect((await client.getToken()).token).toBe('token-1')
  expect(fetched).toEqual(['https://app.example/app/index.b1.html'])
  client.close()
})
