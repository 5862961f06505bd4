import { forgeProof, sendRaw } from '@assay/testkit'
import { without } from '../attack/sdks.ts'
import type { Attack, Attempt } from '../attack/attack.ts'
import { noToken, onlyAssay, refusedWith, through } from '../attack/expected.ts'
import { fieldsFor, installed, path, withProxied, type Phone } from '../kinds/proxied.ts'
import { present } from '../world/call.ts'
import { allOf, refused, served, type Outcome } from '../world/outcome.ts'
import type { ProxiedApis, ProxiedRoute, Target, World } from '../world/world.ts'

const small = JSON.stringify({ model: 'small-1', max_tokens: 50 })

/** Getting at the secret that `assay guard proxy` holds, or at what it is not held for, with a genuine app. */
export const heldSecrets: readonly Attack[] = [
  {
    id: 'proxy-smuggled',
    sdks: without('at-the-api'),
    title: 'A request to an API with a secret is hidden in another, or takes fields away from it',
    oat: 'OAT-014',
    method:
      'two lengths, a length and chunks, a folded field, a bare CR, fields named by Connection, an upgrade; each with a genuine token and proof; through if the API behind carries out anything; a body whose coding the parser does not take ends the connection without an answer; twin: the same request as it should be',
    expected: onlyAssay(noToken, refusedWith('NO_ANSWER,PROXY_FIELDS,PROXY_MESSAGE,PROXY_UPGRADE')),
    run: {
      assay: (world) =>
        withProxy(world, {}, async ({ proxied, target, phone }) => {
          const hidden = `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${small.length}\r\n\r\n${small}`
          const outcomes = []
          for (const [fields, body] of [
            [[`Content-Length: ${small.length}`, 'Content-Length: 0'], small],
            [['Content-Length: 5', 'Transfer-Encoding: chunked'], `0\r\n\r\n${hidden}`],
            [[`Content-Length: ${small.length}`, 'X-A: b', ' Content-Length: 0'], small],
            [[`Content-Length: ${small.length}\rX-A: b`], small],
            [['Transfer-Encoding: identity, chunked'], `0\r\n\r\n${hidden}`],
            [[`Content-Length: ${small.length}`, 'Connection: DPoP'], small],
            [[`Content-Length: ${small.length}`, 'Connection: X-Api-Key'], small],
            [[`Content-Length: ${small.length}`, 'Connection: Upgrade', 'Upgrade: websocket'], small],
          ] as const)
            outcomes.push(await raw(target, phone, `POST ${path}`, fields, body))
          const attack = proxied.billed() > 0 ? served() : allOf(outcomes)
          return {
            attack,
            twin: await raw(target, phone, `POST ${path}`, [`Content-Length: ${small.length}`], small),
          }
        }),
    },
  },
  {
    id: 'proxy-path-outside',
    sdks: without('at-the-api'),
    title: 'A genuine app calls what the owner pays for, and the route does not have',
    oat: 'OAT-014',
    method:
      'other paths, methods and forms of the target, with dots, escapes, a fragment and another host; each with a sound proof; through if the API behind carries out anything; twin: the route',
    expected: onlyAssay(noToken, refusedWith('PROXY_METHOD,PROXY_ROUTE,PROXY_TARGET')),
    run: {
      assay: (world) =>
        withProxy(world, {}, async ({ proxied, target, phone }) => {
          const outcomes = []
          for (const line of [
            'POST /v1/admin',
            `POST ${path}/batches`,
            `PUT ${path}`,
            `POST ${path}/../admin`,
            `POST ${path}/%2e%2e/admin`,
            `POST ${path}%2fadmin`,
            `POST ${path}\\admin`,
            `POST /${path}`,
            `POST ${path}#/admin`,
            `POST http://api.evil.example${path}`,
            `POST ${target.url}/v1/admin`,
          ])
            outcomes.push(await raw(target, phone, line, [`Content-Length: ${small.length}`], small))
          const attack = proxied.billed() > 0 ? served() : allOf(outcomes)
          return { attack, twin: await ask(target, phone, small) }
        }),
    },
  },
  {
    id: 'model-chosen-by-caller',
    sdks: without('at-the-api'),
    title: 'A genuine app asks for a dearer model, or for a longer answer, than its owner means to pay for',
    oat: 'OAT-015',
    method:
      'by name, by a second member, by an escaped one, by one in other case, as a list, without a limit, in another type; through if the API behind is billed; twin: the model of the route',
    expected: onlyAssay(noToken, refusedWith('PROXY_BODY_MALFORMED,PROXY_BODY_NOT_ADMITTED,PROXY_BODY_TYPE')),
    run: {
      assay: (world) => {
        const demand = { '/model': { one_of: ['small-1'] }, '/max_tokens': { at_most: 100 } }
        return withProxy(world, { json: { demand } }, async ({ proxied, target, phone }) => {
          const outcomes = []
          for (const body of [
            '{"model":"large-9","max_tokens":50}',
            '{"model":"small-1","max_tokens":100000}',
            '{"model":"small-1","max_tokens":50,"model":"large-9"}',
            '{"model":"small-1","max_tokens":50,"mod\\u0065l":"large-9"}',
            '{"model":"small-1","max_tokens":50,"Model":"large-9"}',
            '{"model":["large-9"],"max_tokens":50}',
            '{"model":"small-1"}',
            '{"model":"small-1","max_tokens":"100000"}',
          ])
            outcomes.push(await ask(target, phone, body))
          outcomes.push(await ask(target, phone, small, { 'content-type': 'text/plain' }))
          const attack = proxied.billed() > 0 ? served() : allOf(outcomes)
          return { attack, twin: await ask(target, phone, small) }
        })
      },
    },
  },
  {
    id: 'secret-echoed',
    sdks: without('at-the-api'),
    title: 'A genuine app makes the API behind the proxy tell it the secret, in a field of the answer',
    oat: 'OAT-002',
    method:
      'by a member that turns debugging on; through if the secret is in a field, or, with `strip`, in the body; twin: the same answer is served without it',
    expected: onlyAssay(noToken, refusedWith('PROXY_SECRET_ECHOED')),
    run: {
      assay: (world) =>
        withProxy(world, { answers: { strip: true } }, async ({ proxied, target, phone }) => {
          const { status, fields, body } = await answer(target, phone, '{"max_tokens":50,"echoes":true}')
          const leaks = proxied.holdsSecret(fields + body)
          return {
            attack: leaks ? served(status) : refused(status, 'PROXY_SECRET_ECHOED'),
            twin: body.includes('usage') ? served(status) : refused(status, 'no answer'),
          }
        }),
    },
  },
  {
    id: 'secret-echoed-in-body',
    sdks: without('at-the-api'),
    title: 'A genuine app makes the API behind the proxy tell it the secret, in the body, which nobody reads',
    oat: 'OAT-002',
    method:
      'as `secret-echoed`, at a route without `strip`, which bodies pass as they are; twin: any other answer',
    expected: onlyAssay(noToken, through),
    run: {
      assay: (world) =>
        withProxy(world, {}, async ({ proxied, target, phone }) => {
          const { status, body } = await answer(target, phone, '{"max_tokens":50,"echoes":true}')
          const attack = proxied.holdsSecret(body) ? served(status) : refused(status, 'PROXY_SECRET_ECHOED')
          return { attack, twin: await ask(target, phone, small) }
        }),
    },
  },
  {
    id: 'proof-at-two-workers',
    sdks: without('at-the-api'),
    title: 'A proof is used once at each of two workers of a proxy',
    oat: 'OAT-006',
    method:
      'two proxies under one base URL that share Valkey, at the same moment and afterwards; through if the API behind is billed twice; twin: the first use',
    needs: ['valkey-server'],
    expected: onlyAssay(noToken, refusedWith('PROOF_REPLAYED')),
    run: {
      assay: async (world) => {
        const proxied = await world.startProxied({}, 2, 'shared')
        try {
          const [first, second] = proxied.targets as [Target, Target]
          // Valkey, when new, refuses proofs from before it began to remember.
          await new Promise((resolve) => setTimeout(resolve, 1_100))
          const phone = await installed(world)
          const proof = forgeProof(phone.key, 'POST', first.url + path)
          const uses = [first, second, first, second].map((target) =>
            ask(target, phone, small, { dpop: proof }),
          )
          const outcomes = [...(await Promise.all(uses)), await ask(second, phone, small, { dpop: proof })]
          const twin = outcomes.find((outcome) => outcome.through)
          const others = outcomes.filter((outcome) => !outcome.through)
          const attack = proxied.billed() > 1 ? served() : allOf(others)
          return { attack, twin: twin ?? allOf(others) }
        } finally {
          await proxied.stop()
        }
      },
    },
  },
]

interface Scene {
  readonly proxied: ProxiedApis
  readonly target: Target
  readonly phone: Phone
}

async function withProxy(
  world: World,
  route: ProxiedRoute,
  use: (scene: Scene) => Promise<Attempt>,
): Promise<Attempt> {
  return withProxied(world, route, 1, async (proxied) =>
    use({ proxied, target: proxied.targets[0] as Target, phone: await installed(world) }),
  )
}

/** A genuine request in bytes, whose proof is for its own method and path. */
async function raw(
  target: Target,
  { token, key }: Phone,
  line: string,
  fields: readonly string[],
  body: string,
): Promise<Outcome> {
  const [method = '', to = ''] = line.split(' ')
  const proof = forgeProof(key, method, target.url + to.replace(/^http:\/\/[^/]*/, ''))
  const own = Object.entries(present(token, proof)).map(([name, value]) => `${name}: ${value}`)
  const end = fields.some((field) => field.startsWith('Connection:')) ? [] : ['Connection: close']
  const all = ['Host: api', 'Content-Type: application/json', ...end, ...own, ...fields]
  const text = `${line} HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n${body}`
  const responses = await sendRaw(Number(new URL(target.url).port), text)
  const refusal = responses.find(({ status }) => status >= 300)
  if (refusal !== undefined) return refused(refusal.status, codeIn(refusal.body))
  return responses.length === 0 ? refused(0, 'NO_ANSWER') : served(responses[0]?.status)
}

async function answer(target: Target, phone: Phone, body: string, more: Record<string, string> = {}) {
  const { id, headers } = fieldsFor(target, phone)
  const { dpop, ...others } = more
  const sent = { ...headers, ...others, ...(dpop === undefined ? {} : present(phone.token, dpop)) }
  const response = await fetch(target.url + path, { method: 'POST', headers: sent, body })
  return {
    id,
    status: response.status,
    fields: JSON.stringify([...response.headers]),
    body: await response.text(),
  }
}

async function ask(
  target: Target,
  phone: Phone,
  body: string,
  more: Record<string, string> = {},
): Promise<Outcome> {
  const { id, status, body: text } = await answer(target, phone, body, more)
  return status < 300 ? served(status) : refused(status, target.codeOf(id) ?? codeIn(text))
}

/** Of a problem document: the proxy names its codes to the caller too. */
function codeIn(body: string): string {
  return (/"code":"(\w+)"/.exec(body)?.[1] ?? 'none').toUpperCase()
}
