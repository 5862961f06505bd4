import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Reply } from '../program/phone-program.ts'
import {
  claimsOf,
  describePhone,
  keyOf,
  must,
  mustFail,
  mustSucceed,
  startPhone,
  reportedBy,
  type Scenario,
} from '../scenarios/scenario.ts'

/** What JavaScript adds to the life of an app. */
export const inReactNative: readonly Scenario[] = [
  {
    name: 'example-app',
    async play(stage) {
      const phone = await startPhone(stage, { name: 'example' })
      const { api } = stage.world
      await mustShow(phone, /^Attestation: idle$/, ['open', { api: api.url }])
      await mustShow(phone, /idle/, ['type', { into: 'Name', text: 'ada' }])
      await mustShow(phone, /idle/, ['type', { into: 'Password', text: 'secret' }])
      await mustShow(phone, /^1: sku-1\|Attestation: attested$/, ['press', { title: 'Sign in' }])
      await mustShow(phone, /^1: sku-1\|/, ['press', { title: 'Load again' }])
    },
  },
  {
    name: 'example-app-that-is-denied',
    async play(stage) {
      const phone = await startPhone(stage, {
        name: 'denied-example',
        hardware: stage.world.phones.unlocked(),
      })
      await mustShow(phone, /idle/, ['open', { api: stage.world.api.url }])
      const wanted = /^This app could not be verified. Support code: \S+\|Attestation: denied/
      await mustShow(phone, wanted, ['press', { title: 'Sign in' }])
    },
  },
  {
    name: 'four-crossings',
    async play(stage) {
      const phone = await startPhone(stage, { name: 'crossings' })
      mustSucceed(await phone.ask('fetch', { url: `${stage.world.api.url}/v1/orders` }))
      const { all } = await phone.ask('crossings')
      must((all as string[]).length <= 4, `it crossed ${(all as string[]).join()}`)
    },
  },
  {
    name: 'reload',
    async play(stage) {
      const phone = await startPhone(stage, { name: 'reload' })
      const first = await phone.ask('token')
      const before = stage.world.relay.seen.length
      mustSucceed(await phone.ask('reload'))
      const second = await phone.ask('token')
      must(claimsOf(first).jti === claimsOf(second).jti, 'the client is another')
      must(stage.world.relay.seen.length === before, 'an exchange was made')
      must(keyOf(first) === keyOf(second), 'the key is another')
    },
  },
  {
    name: 'reload-while-an-exchange-is-under-way',
    async play(stage) {
      const phone = await startPhone(stage, { name: 'reload-early' })
      const before = stage.world.relay.seen.length
      // Its JavaScript is gone before the answer, and with it the caller.
      void phone.ask('token')
      mustSucceed(await phone.ask('reload'))
      mustSucceed(await phone.ask('token'))
      const bodies = stage.world.relay.seen.slice(before).filter((path) => path === '/v1/attestations')
      must(bodies.length === 1, `it made ${bodies.length} exchanges`)
    },
  },
  {
    name: 'closed-by-native-code',
    async play(stage) {
      const phone = await startPhone(stage, { name: 'native-close' })
      mustSucceed(await phone.ask('token'))
      await phone.ask('native-close')
      mustFail(await phone.ask('token'), 'closed')
    },
  },
  {
    name: 'misuse',
    async play(stage) {
      const phone = await startPhone(stage, { name: 'misuse' })
      mustFail(await phone.ask('token', { audience: 'https://other.example' }), 'misuse')
      const request = { method: 'GET', url: 'https://other.example/' }
      mustFail(await phone.ask('proof', { request }), 'misuse')
      mustSucceed(await phone.ask('token'))
    },
  },
  {
    name: 'module-replaced',
    async play(stage) {
      const phone = await startPhone(stage, { name: 'replaced' })
      const url = `${stage.world.api.url}/v1/orders`
      const request = { method: 'GET', url, heedsRedirect: true }
      const genuine = mustSucceed(await phone.ask('proof', { request }))
      must(
        (await fetch(url, { headers: genuine['headers'] as HeadersInit })).status === 200,
        'genuine is refused',
      )
      const forged = { 'OAuth-Client-Attestation': 'a.b.c', DPoP: 'a.b.c' }
      const answer = JSON.stringify({ value: { headers: forged } })
      await phone.ask('eval', {
        script: `__turboModuleProxy('Assay').proof = () => Promise.resolve(${JSON.stringify(answer)})`,
      })
      const { headers } = mustSucceed(await phone.ask('proof', { request }))
      const { status } = await fetch(url, { headers: headers as HeadersInit })
      must(status === 401, `the API answered ${status}`)
    },
  },
  {
    name: 'foreign-script',
    async play(stage) {
      // A script in the app counts as the app: it may call what the app may call, and nothing else.
      const phone = await startPhone(stage, { name: 'foreign' })
      mustSucceed(await phone.ask('token'))
      const calls = [
        `proof('{"handle":"assay-1","method":"GET","url":"https://evil.example/"}')`,
        `getToken('{"handle":"assay-1","audience":"https://evil.example"}')`,
        `create('{"bridge":1,"options":{"endpoints":["http://evil.example"],"audiences":{"https://evil.example":"e"}}}')`,
        `getToken('{"handle":"assay-9"}')`,
      ]
      const script = calls
        .map((call, i) => `M.${call}.then((a) => nativeHost.tell({event:{name:'call-${i}',answer:a}}))`)
        .join(';')
      await phone.ask('eval', { script: `var M = __turboModuleProxy('Assay');${script}` })
      const answers = await reportedBy(
        phone,
        (events) => {
          const answered = events.flatMap(({ name, answer }) => (name.startsWith('call-') ? [answer] : []))
          return answered.length === calls.length ? answered : undefined
        },
        'calls were not answered',
      )
      must(!answers.some((answer) => /"value"/.test(answer as string)), 'a foreign script got further')
    },
  },
  {
    name: 'redirect-out-takes-nothing-along',
    async play(stage) {
      const { world, program } = stage
      const thief = await listen((_, response) => response.end('mine'))
      const api = await listen((_, response) => {
        response.writeHead(307, { Location: thief.url })
        response.end()
      })
      try {
        const described = await describePhone(world, { name: 'redirect' })
        mustSucceed(await program.ask({ ...described, audiences: { [api.url]: world.api.url } }))
        const ask = (more: object) =>
          program.ask({ do: 'fetch', phone: 'redirect', url: `${api.url}/a`, ...more })
        mustFail(await ask({}), 'redirect_refused')
        const { status } = mustSucceed(await ask({ redirect: 'manual' }))
        must(status === 307, `the caller sees ${String(status)}`)
        must(
          api.seen.length === 2 && api.seen.every((names) => names.includes('dpop')),
          'no proof was sent at all',
        )
        must(thief.seen.length === 0, 'the redirect was followed')
      } finally {
        await thief.close()
        await api.close()
      }
    },
  },
]

/** The example goes through the user's steps, and shows their result at the end. */
async function mustShow(
  phone: Awaited<ReturnType<typeof startPhone>>,
  wanted: RegExp,
  [what, more]: readonly [string, object],
): Promise<void> {
  const shownBy = (reply: Reply) => (mustSucceed(reply)['texts'] as string[]).join('|')
  let shown = shownBy(await phone.ask(what, more))
  for (let i = 0; i < 200 && !wanted.test(shown); i++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    shown = shownBy(await phone.ask('look'))
  }
  must(wanted.test(shown), `it shows ${shown}`)
}

/** A server that takes down the names of the headers of each request. */
async function listen(answer: RequestListener) {
  const seen: string[][] = []
  const server = createServer((request, response) => {
    seen.push(Object.keys(request.headers))
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
