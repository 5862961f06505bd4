import { createAssayOver, type Assay } from '../../src/assay/assay.ts'
import type { AssayOptions } from '../../src/options/options.ts'
import { fakeNative, type FakeNative } from './fake-native.ts'

export const api = 'https://api.example'
export const options: AssayOptions = {
  endpoints: ['https://attest.example'],
  audiences: { [api]: api },
  app: 'com.example.shop',
  build: '1.0.0',
}

export interface World extends FakeNative {
  readonly assay: Assay
  readonly warnings: string[]
  /** Requests that the platform's own `fetch` was given. */
  readonly sent: { readonly input: unknown; readonly init: RequestInit | undefined }[]
  /** Milliseconds that have passed. */
  time: number
}

export function setWorld(given: AssayOptions | undefined = options): World {
  const fake = fakeNative()
  const warnings: string[] = []
  const sent: World['sent'] = []
  const world: Omit<World, 'assay'> = { ...fake, warnings, sent, time: 0 }
  const assay = createAssayOver(fake.native, given, {
    fetch: async (input, init) => {
      sent.push({ input, init })
      return new Response('other')
    },
    now: () => world.time,
    warn: (text) => warnings.push(text),
  })
  return Object.assign(world, { assay })
}

/** Everything that can go on goes on. */
export async function idle(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** What a promise was refused with. */
export async function refusalOf(work: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  return work.then(
    () => new Error('it was not refused'),
    (error: unknown) => error as Error,
  )
}
