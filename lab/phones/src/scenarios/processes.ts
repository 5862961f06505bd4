import { describePhone, keyOf, must, type Scenario } from './scenario.ts'

/** What ends or doubles processes of one installation. */
export const processes: readonly Scenario[] = [
  {
    name: 'two-processes',
    async play({ world, start }) {
      const described = await describePhone(world, { name: 'twins' })
      const both = await Promise.all([start(), start()])
      await Promise.all(both.map((program) => program.ask(described)))
      const before = world.relay.seen.length
      const replies = await Promise.all(both.map((program) => program.ask({ do: 'token', phone: 'twins' })))
      must(new Set(replies.map(keyOf)).size === 1, 'they have different keys')
      const asked = world.relay.seen.slice(before).filter((path) => path === '/v1/challenges').length
      must(asked === 1, `they made ${asked} exchanges`)
      await Promise.all(both.map((program) => program.close()))
    },
  },
]
