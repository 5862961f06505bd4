import { strict as assert } from 'node:assert'
import { liveRoutes } from '@assay/testkit/victims'
import type { Situation } from './situation.ts'

/** What apps have besides requests and answers. */
export const liveSituations: readonly Situation[] = [
  {
    name: 'a WebSocket of a genuine app is served, each connection by a handshake with its own proof',
    async run({ live, ...stage }) {
      const app = (await stage.phone()).start()
      const before = live.seen.length
      const url = `${live.url}${liveRoutes.feed}`.replace('http:', 'ws:')
      for (const _ of [1, 2]) assert.equal((await app.ask('socket', { url }))['text'], 'hello')
      const handshake = { method: 'GET', path: liveRoutes.feed, code: null }
      assert.deepEqual(live.seen.slice(before), [handshake, handshake])
    },
  },
]
