import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import type { AssayClientError } from '@assay/client'
import { without } from '../attack/sdks.ts'
import type { Attack, Attempt } from '../attack/attack.ts'
import { noToken, onlyAssay, refusedWith } from '../attack/expected.ts'
import { fieldsFor, installed, path, withProxied, type Phone } from '../kinds/proxied.ts'
import { outcomeOfExchange } from '../world/call.ts'
import { everyOf, refused, served, type Outcome } from '../world/outcome.ts'
import type { ProxiedApis, Target, World } from '../world/world.ts'

/** Requests of an installation that a route lets through in a day, where requests are limited. */
const most = 5

/** Units of cost in a day, and of each answer: as many answers as `most` if each is charged in full. */
const budget = 500
const tokens = 100

const limits = { installation: { requests: [`${most}/day`], streams: 100 } }
const networkToo = { network: { requests: ['1000/day'] } }
const costs = {
  installation: { cost: [`${budget}/day`] },
  network: { cost: ['1000000/day'] },
  cost: { member: '/usage/total_tokens', reserve: { member: '/max_tokens', otherwise: tokens } },
}

/** Spending what an API costs that is behind `assay guard proxy`, with a genuine app and more than the meter allows. */
export const meters: readonly Attack[] = [
  {
    id: 'meter-raced',
    sdks: without('at-the-api'),
    title: 'A genuine installation sends all of its requests at once, at two proxies, to be counted late',
    oat: 'OAT-015',
    method: `60 requests at two proxies that share Valkey, where ${most} a day are allowed; through if the API behind is billed for one more; twin: ${most} in turn`,
    needs: ['valkey-server'],
    expected: onlyAssay(noToken, refusedWith('METER_EXCEEDED')),
    run: {
      assay: (world) =>
        withProxied(world, { meter: { ...limits, ...networkToo } }, 2, async (proxied) => {
          const [first, second] = proxied.targets as [Target, Target]
          await shared()
          const racing = await installed(world)
          const raced = await Promise.all(
            Array.from({ length: 60 }, (_, i) => ask(i % 2 === 0 ? first : second, racing)),
          )
          const attack = proxied.billed() > most ? served() : refusedAmong(raced)
          const patient = await installed(world)
          const outcomes = []
          for (let i = 0; i < most; i++) outcomes.push(await ask(i % 2 === 0 ? first : second, patient))
          return { attack, twin: everyOf(outcomes) }
        }),
    },
  },
  {
    id: 'meter-by-hanging-up',
    sdks: without('at-the-api'),
    title: 'A genuine installation hangs up before the answer says what it cost',
    oat: 'OAT-015',
    method: `leaves after the first words of each of 20 answers; through if the API behind is billed for more than the ${budget / tokens} that the budget covers; twin: listens to answers of half the cost, twice as often`,
    expected: onlyAssay(noToken, refusedWith('METER_EXCEEDED')),
    run: {
      assay: (world) =>
        withProxied(world, { meter: costs }, 1, async (proxied) =>
          spendingMore(world, proxied, (target, phone) => hangUp(target, phone)),
        ),
    },
  },
  {
    id: 'meter-usage-suppressed',
    sdks: without('at-the-api'),
    title: 'A genuine installation asks the model not to say what its answer cost',
    oat: 'OAT-015',
    method: `with include_usage false, 20 times; through if the API behind is billed for more than the ${budget / tokens} that the budget covers; twin: lets it say, and gets twice as many`,
    expected: onlyAssay(noToken, refusedWith('METER_EXCEEDED')),
    run: {
      assay: (world) =>
        withProxied(world, { meter: costs }, 1, async (proxied) =>
          spendingMore(world, proxied, (target, phone) =>
            ask(target, phone, { stream_options: { include_usage: false } }),
          ),
        ),
    },
  },
  {
    id: 'meter-by-update',
    sdks: without('at-the-api'),
    title: 'An installation that has reached its limit updates the app',
    oat: 'OAT-015',
    method: `it sends ${most} requests, gets a token as the next build with the key that it has, and sends ${most} more; through if the API behind is billed for one of them; twin: the first ${most}, and those of another phone with the update`,
    expected: onlyAssay(noToken, refusedWith('METER_EXCEEDED')),
    run: {
      assay: (world) =>
        withProxied(world, { meter: { ...limits, ...networkToo } }, 1, async ({ targets, billed }) => {
          const [target] = targets as [Target]
          const evidence = world.evidence()
          const { id: build } = world.builds.update
          const before = await installed(world, { evidence })
          const [first, other] = [await spend(target, before), await installed(world, { build })]
          const updated = await installed(world, { evidence, build, key: before.key })
          const second = await spend(target, updated)
          const attack = billed() > most ? served() : refusedAmong(second)
          const twin = (await spend(target, other)).slice(0, most)
          return { attack, twin: everyOf([...first.slice(0, most), ...twin]) }
        }),
    },
  },
  {
    id: 'meter-by-reinstall',
    sdks: without('at-the-api'),
    title: 'An attacker installs the app anew whenever its limit is reached',
    oat: 'OAT-015',
    method: `eight times, with ${most} requests each. Software only: every new installation is let in, and the limit of the network ends it, here after ${2 * most}. Android with a chain: as many installations as the phone may enrol in a day, here three; twin: the first installation`,
    expected: onlyAssay(noToken, refusedWith('METER_EXCEEDED'), refusedWith('VOUCHING_KEY_ENROLMENTS_SPENT')),
    run: {
      assay: (world) =>
        withProxied(
          world,
          { meter: { ...limits, network: { requests: [`${2 * most}/day`] } } },
          1,
          async ({ targets: [target], billed }) => {
            const outcomes: Outcome[] = []
            for (let i = 0; i < 8; i++)
              outcomes.push(...(await spend(target as Target, await installed(world))))
            const isBounded = billed() === 2 * most
            return {
              attack: isBounded ? refusedAmong(outcomes) : served(),
              twin: everyOf(outcomes.slice(0, most)),
            }
          },
        ),
      'assay-hardware': (world) =>
        // Where hardware vouches, the limit of each installation is the only one.
        withProxied(
          world,
          { meter: { ...limits, ...networkToo } },
          1,
          async ({ targets: [target], billed }) => {
            const phone = world.phones.pixel()
            const { device: limit } = world.enrolmentsPerDay
            const outcomes: Outcome[] = []
            let refusal: Outcome = served()
            for (let i = 0; i < 8 && refusal.through; i++) {
              const device = await world.device({ evidence: phone.evidence })
              try {
                const { token } = await device.client.getToken(world.apis.orders.url)
                outcomes.push(...(await spend(target as Target, { token, key: device.key })))
              } catch (error) {
                refusal = await outcomeOfExchange(device, error as AssayClientError, world)
              } finally {
                device.close()
              }
            }
            return {
              attack: billed() > limit * most ? served() : refusal,
              twin: everyOf(outcomes.slice(0, most)),
            }
          },
        ),
    },
  },
]

/** Valkey, when new, refuses proofs from before it began to remember. */
const shared = () => new Promise((resolve) => setTimeout(resolve, 1_100))

/** Spends 20 answers in this way, and beside it another installation twice as many as the budget reserves at once. */
async function spendingMore(
  world: World,
  { targets: [target], billed }: ProxiedApis,
  way: (target: Target, phone: Phone) => Promise<Outcome>,
): Promise<Attempt> {
  const spender = await installed(world)
  const outcomes: Outcome[] = []
  for (let i = 0; i < 20; i++) outcomes.push(await way(target as Target, spender))
  const attack = billed() > budget / tokens ? served() : refusedAmong(outcomes)
  const honest = await installed(world)
  const twins: Outcome[] = []
  // Each takes half of what is reserved for it, and the last reservation must still fit.
  for (let i = 0; i < (2 * budget) / tokens - 1; i++) twins.push(await ask(target as Target, honest))
  return { attack, twin: everyOf(twins) }
}

/** Once more than is allowed. */
async function spend(target: Target, phone: Phone): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (let i = 0; i <= most; i++) outcomes.push(await ask(target, phone))
  return outcomes
}

function refusedAmong(outcomes: readonly Outcome[]): Outcome {
  const refusals = outcomes.filter(({ through }) => !through)
  const codes = new Set(refusals.map(({ code }) => code ?? ''))
  const [first] = refusals
  return first === undefined ? served() : { ...first, code: [...codes].sort().join(',') }
}

async function ask(target: Target, phone: Phone, more: object = {}): Promise<Outcome> {
  const { id, headers } = fieldsFor(target, phone)
  const body = JSON.stringify({ max_tokens: tokens, ...more })
  const response = await fetch(target.url + path, { method: 'POST', headers, body })
  await response.text()
  return response.ok ? served(response.status) : refused(response.status, target.codeOf(id) ?? 'none')
}

/** Reads the first words, and is gone. */
async function hangUp(target: Target, phone: Phone): Promise<Outcome> {
  const { id, headers } = fieldsFor(target, phone)
  const sent = request(target.url + path, { method: 'POST', agent: false, headers })
  sent.on('error', () => undefined)
  sent.end(JSON.stringify({ max_tokens: tokens, thinks: true }))
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  await once(response, 'data')
  sent.destroy()
  const { statusCode = 0 } = response
  return statusCode === 200 ? served(statusCode) : refused(statusCode, target.codeOf(id) ?? 'none')
}
