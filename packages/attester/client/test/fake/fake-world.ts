import { nodeCrypto } from '@assay/measurement/node-crypto'
import { fixedBytes, fixedRandom } from '@assay/testkit/fixed'
import { createAssayClient } from '../../src/client/assay-client.ts'
import type { AssayClientOptions } from '../../src/options/options.ts'
import type { AssayClient } from '../../src/client/client.ts'
import type { ClientEventName } from '../../src/runtime/events.ts'
import { memoryImage } from '../../src/image/memory-image.ts'
import { nodeKeyStore } from '../../src/node/key-store.ts'
import { fakeService, type FakeService } from './fake-service.ts'
import { fakeTime, type FakeTime } from './fake-time.ts'

export const audience = 'https://api.example'
export const code = memoryImage([
  { name: 'classes.dex', kind: 'dex', bytes: fixedBytes('dex', 70_000) },
  { name: 'assets/index.android.bundle', kind: 'script', bytes: fixedBytes('script', 5_000) },
])

export interface World {
  time: FakeTime
  service: FakeService
  client: AssayClient
  /** Everything that the client has reported, in order. */
  events: { name: ClientEventName; event: Record<string, unknown> }[]
  /** Another client with the same options and whatever else is given. */
  another: (options?: Partial<AssayClientOptions>) => AssayClient
}

const names: ClientEventName[] = [
  'token',
  'refreshed',
  'refresh-failed',
  'denied',
  'page-outdated',
  'key-renewed',
]

/** A device with an honest app, its service, and time that stands still until the test moves it. */
export function fakeWorld(options: Partial<AssayClientOptions> = {}): World {
  const time = fakeTime()
  const service = fakeService(time, code, options.live?.exercises)
  const base: AssayClientOptions = {
    endpoints: ['https://attest.example'],
    app: 'com.example.app',
    build: '1.0+1',
    audiences: { 'https://api.example': audience },
    image: code,
    crypto: nodeCrypto,
    keyStore: nodeKeyStore(),
    fetch: service.fetch,
    clock: time.clock,
    random: fixedRandom('device'),
    timers: time.timers,
    ...options,
  }
  const client = createAssayClient(base)
  const events: World['events'] = []
  for (const name of names) client.on(name, (event) => events.push({ name, event: { ...event } }))
  return { time, service, client, events, another: (more) => createAssayClient({ ...base, ...more }) }
}

/** The code of what a promise is rejected with. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return (error as { code?: unknown } | undefined)?.code
}
