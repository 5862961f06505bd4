import { liveRoutes } from '@assay/testkit/victims'
import { must, mustSucceed, startPhone, type Scenario, type Stage } from './scenario.ts'

/** A phone whose app calls the live API of the world. */
async function livePhone(stage: Stage, name: string) {
  const { api, live } = stage.world
  const audiences = { [live.url]: api.url, [live.grpcUrl]: api.url }
  const phone = await startPhone(stage, { name, audiences })
  return { phone, live, before: live.seen.length }
}

/** What apps have besides requests and answers, by the recipes of the guide. */
export const live: readonly Scenario[] = [
  {
    name: 'web-socket',
    async play(stage) {
      const { phone, live, before } = await livePhone(stage, 'web-socket')
      const url = `${live.url}${liveRoutes.feed}`.replace('http:', 'ws:')
      for (const _ of [1, 2]) {
        const { text } = mustSucceed(await phone.ask('socket', { url }))
        must(text === 'hello', `it was sent back ${String(text)}`)
      }
      mustHaveSeen(live.seen.slice(before), `GET ${liveRoutes.feed} null`, 2)
    },
  },
  {
    name: 'graphql',
    async play(stage) {
      const { phone, live, before } = await livePhone(stage, 'graphql')
      const query = JSON.stringify({ query: '{ orders { item } }' })
      const { body } = mustSucceed(
        await phone.ask('fetch', { url: live.url + liveRoutes.graphql, body: query }),
      )
      must(body === '{"data":{"orders":[{"item":"sku-1"}]}}', `the answer is ${String(body)}`)
      mustHaveSeen(live.seen.slice(before), `POST ${liveRoutes.graphql} null`, 1)
    },
  },
  {
    name: 'grpc',
    async play(stage) {
      const { phone, live, before } = await livePhone(stage, 'grpc')
      const target = new URL(live.grpcUrl).host
      const { text } = mustSucceed(await phone.ask('grpc', { target }))
      must(text === 'hello', `it was sent back ${String(text)}`)
      mustHaveSeen(live.seen.slice(before), `POST ${liveRoutes.grpc} null`, 1)
      const { refused } = mustSucceed(await phone.ask('grpc', { target, plain: true }))
      must(refused === 'UNAUTHENTICATED', `without proof it was ${String(refused)}`)
      mustHaveSeen(live.seen.slice(before + 1), `POST ${liveRoutes.grpc} TOKEN_MISSING`, 1)
    },
  },
]

function mustHaveSeen(seen: Stage['world']['live']['seen'], each: string, times: number): void {
  const lines = seen.map(({ method, path, code }) => `${method} ${path} ${code}`)
  must(
    lines.length === times && lines.every((line) => line === each),
    `the guard saw ${JSON.stringify(lines)}`,
  )
}
