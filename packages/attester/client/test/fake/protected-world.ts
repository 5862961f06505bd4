import type { AssayClientOptions } from '../../src/options/options.ts'
import { fakeApi } from './fake-api.ts'
import { fakeWorld } from './fake-world.ts'

/** As an authorization server says it: status 400 and JSON (RFC 6749 section 5.2). */
export function refusedByServer(error: string, headers: Record<string, string> = {}): () => Response {
  return () => Response.json({ error }, { status: 400, headers })
}

/** A client whose `fetch` reaches the fake service, and a fake API at every other host. */
export function protectedWorld(options: Partial<AssayClientOptions> = {}) {
  const api = fakeApi()
  const made = fakeWorld()
  const client = made.another({
    fetch: (input, init) => {
      const { host } = new URL(input instanceof Request ? input.url : input)
      return host === 'attest.example' ? made.service.fetch(input, init) : api.fetch(input, init)
    },
    ...options,
  })
  return { ...made, client, api }
}
