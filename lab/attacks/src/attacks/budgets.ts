import type { Attack } from '../attack/attack.ts'
import { noToken, onlyAssay, refusedWith, through } from '../attack/expected.ts'
import { without } from '../attack/sdks.ts'
import { fieldsFor, installed, path, withProxied, type Phone } from '../kinds/proxied.ts'
import { everyOf, refused, served, type Outcome } from '../world/outcome.ts'
import type { MeterForm, Target } from '../world/world.ts'

const budget = 100_000
const usage = '/usage/total_tokens'
const tokens = 100

/** Reserves one unit for a byte of the prompt, and what the answer may take. */
const bounded: MeterForm = {
  all: { cost: [`${budget}/day`] },
  cost: { member: usage, reserve: { per_byte: 1, members: ['/max_tokens'], otherwise: tokens } },
}

/** Spending, or having refunded, the budget that bounds what an API costs behind `assay guard proxy`. */
export const budgets: readonly Attack[] = [
  {
    id: 'budget-spent-by-prompt',
    sdks: without('at-the-api'),
    title: 'Genuine installations send prompts of the largest size at once, and ask for one word each',
    oat: 'OAT-015',
    method: `12 installations send 48 prompts of 40 kB with max_tokens 1, and one of 900 kB; ${budget} units for all, one for a byte; through if the API behind gets a third prompt; twin: a short prompt before`,
    expected: onlyAssay(noToken, refusedWith('METER_EXCEEDED,METER_REQUEST_TOO_COSTLY')),
    run: {
      assay: (world) =>
        withProxied(world, { meter: bounded }, 1, async ({ targets: [first], billed }) => {
          const target = first as Target
          const phones = await Promise.all(Array.from({ length: 12 }, () => installed(world)))
          const twin = await ask(target, phones[0] as Phone, { max_tokens: tokens })
          const before = billed()
          const prompt = (bytes: number) => ({ max_tokens: 1, takes: bytes, text: 'word '.repeat(bytes / 5) })
          const large = phones.flatMap((phone) =>
            Array.from({ length: 4 }, () => ask(target, phone, prompt(40_000))),
          )
          const outcomes = await Promise.all([...large, ask(target, phones[0] as Phone, prompt(900_000))])
          return { attack: billed() - before > 2 ? served() : refusedAmong(outcomes), twin }
        }),
    },
  },
  {
    id: 'budget-refunded-by-crash',
    sdks: without('at-the-api'),
    title: 'A proxy is killed again and again, so that it forgets what was spent',
    oat: 'OAT-015',
    method: `four requests that keep their reservation, then the proxy is killed and starts again, three times; 5 a day for each installation; through if the API behind carries out a sixth; twin: the first five`,
    expected: onlyAssay(noToken, refusedWith('METER_EXCEEDED')),
    run: {
      assay: (world) => {
        const meter = { installation: { requests: ['5/day'] }, network: { requests: ['1000/day'] } }
        return withProxied(
          world,
          { meter, journal: true },
          1,
          async ({ targets: [first], billed, crash }) => {
            let target = first as Target
            const phone = await installed(world)
            const outcomes: Outcome[] = []
            for (let round = 0; round < 3; round += 1) {
              for (let i = 0; i < 4; i += 1) outcomes.push(await ask(target, phone, { max_tokens: tokens }))
              target = await crash()
            }
            return {
              attack: billed() > 5 ? served() : refusedAmong(outcomes),
              twin: everyOf(outcomes.slice(0, 5)),
            }
          },
        )
      },
    },
  },
  {
    id: 'accounts-fill-the-store',
    sdks: without('at-the-api'),
    title: 'So many installations are made up that the meter has no space for another',
    oat: 'OAT-015',
    method: `two proxies share Valkey, with space for 8 installations; one uses its 3 requests of the day, 24 others come, and it asks again; through if it is served; twin: its three requests`,
    needs: ['valkey-server'],
    expected: onlyAssay(noToken, refusedWith('METER_EXCEEDED')),
    run: {
      assay: (world) => {
        const meter = { installation: { requests: ['3/day'] }, network: { requests: ['1000/day'] } }
        return withProxied(world, { meter, capacity: 8 }, 2, async ({ targets }) => {
          const [one, other] = targets as [Target, Target]
          // Valkey, when new, refuses proofs from before it began to remember.
          await new Promise((resolve) => setTimeout(resolve, 1_100))
          const greedy = await installed(world)
          const twins: Outcome[] = []
          for (let i = 0; i < 3; i += 1) twins.push(await ask(i % 2 === 0 ? one : other, greedy, {}))
          for (let i = 0; i < 24; i += 1) await ask(one, await installed(world), {})
          return { attack: await ask(other, greedy, {}), twin: everyOf(twins) }
        })
      },
    },
  },
  {
    id: 'cost-hidden-in-another-member',
    sdks: without('at-the-api'),
    title: 'A genuine installation asks for more in members that the route does not count',
    oat: 'OAT-015',
    method:
      'max_completion_tokens beside max_tokens, n, tools, previous_response_id, and a name in other case; through if the API behind carries out one of them; twin: the members that the route admits',
    expected: onlyAssay(noToken, refusedWith('PROXY_BODY_NOT_ADMITTED')),
    run: {
      assay: (world) => {
        const json = { only: ['max_tokens', 'text', 'takes'], demand: { '/max_tokens': { at_most: tokens } } }
        return withProxied(world, { meter: bounded, json }, 1, async ({ targets: [first], billed }) => {
          const target = first as Target
          const phone = await installed(world)
          const twin = await ask(target, phone, { max_tokens: tokens, text: 'hello' })
          const before = billed()
          const outcomes: Outcome[] = []
          for (const more of [
            { max_completion_tokens: 1_000_000 },
            { n: 100 },
            { tools: [{ type: 'web_search' }] },
            { previous_response_id: 'resp_1' },
            { Max_Tokens: 1_000_000 },
          ])
            outcomes.push(await ask(target, phone, { max_tokens: tokens, ...more }))
          return { attack: billed() > before ? served() : refusedAmong(outcomes), twin }
        })
      },
    },
  },
  {
    id: 'route-closed-for-others',
    sdks: without('at-the-api'),
    title: 'Callers for whom no hardware vouches use up what is for everybody',
    oat: 'OAT-005',
    method:
      'six requests of software-only installations where ten a day are for all, callers with hardware among them: half is the most that they can take away; through if they get a sixth; phones for which hardware vouches can use up all of it; twin: the five before',
    expected: onlyAssay(noToken, refusedWith('METER_EXCEEDED'), through),
    run: {
      assay: (world) => {
        const meter = { all: { requests: ['10/day'] } }
        const tiers = ['affirming', 'warning'] as const
        return withProxied(world, { meter, tiers: [...tiers] }, 1, async ({ targets: [first], billed }) => {
          const target = first as Target
          const twins: Outcome[] = []
          const outcomes: Outcome[] = []
          for (let i = 0; i < 5; i += 1) twins.push(await ask(target, await installed(world), {}))
          for (let i = 0; i < 2; i += 1) outcomes.push(await ask(target, await installed(world), {}))
          return { attack: billed() > 5 ? served() : refusedAmong(outcomes), twin: everyOf(twins) }
        })
      },
    },
  },
]

async function ask(target: Target, phone: Phone, content: object): Promise<Outcome> {
  const { id, headers } = fieldsFor(target, phone)
  const response = await fetch(target.url + path, { method: 'POST', headers, body: JSON.stringify(content) })
  await response.text()
  return response.ok ? served(response.status) : refused(response.status, target.codeOf(id) ?? 'none')
}

function refusedAmong(outcomes: readonly Outcome[]): Outcome {
  const refusals = outcomes.filter(({ through }) => !through)
  const codes = new Set(refusals.map(({ code }) => code ?? ''))
  const [first] = refusals
  return first === undefined ? served() : { ...first, code: [...codes].sort().join(',') }
}
