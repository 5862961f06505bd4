import { claimsOf, describePhone, keyOf, must, type Scenario } from './scenario.ts'

/** What ends or doubles processes of one installation. */
export const processes: readonly Scenario[] = [
  {
    name: 'two-processes',
    async play({ world, start }) {
      const described = await describePhone(world, { name: 'twins' })
      const both = await Promise.all([start(), start()])
      await Promise.all(both.map((program) => program.ask(described)))
      const before = world.relay.answered.length
      const replies = await Promise.all(both.map((program) => program.ask({ do: 'token', phone: 'twins' })))
      must(new Set(replies.map(keyOf)).size === 1, 'they have different keys')
      // A request that a busy service refuses is sent again, and starts no exchange.
      const begun = world.relay.answered
        .slice(before)
        .filter(({ path, status }) => path === '/v1/challenges' && status === 200).length
      must(begun === 1, `they made ${begun} exchanges`)
      must(new Set(replies.map((reply) => claimsOf(reply).jti)).size === 1, 'they have different tokens')
      await Promise.all(both.map((program) => program.close()))
    },
  },
]
