import { claimsOf, describePhone, keyOf, must, mustFail, mustSucceed, type Scenario } from './scenario.ts'

/** What ends or doubles processes of one installation. */
export const processes: readonly Scenario[] = [
  {
    name: 'killed-while-the-answer-is-on-its-way',
    async play({ world, start }) {
      const described = await describePhone(world, { name: 'killed' })
      const first = await start()
      mustSucceed(await first.ask(described))
      const lost = new Promise<void>((resolve) => {
        world.relay.losing = { path: '/v1/attestations', lost: resolve }
      })
      const reply = first.ask({ do: 'token', phone: 'killed' })
      await lost
      await first.kill()
      world.relay.losing = undefined
      mustFail(await reply, 'killed')
      const before = world.relay.seen.length
      const second = await start()
      mustSucceed(await second.ask(described))
      const claims = claimsOf(await second.ask({ do: 'token', phone: 'killed' }))
      must(claims.holder_key === 'hardware', `holder_key is ${claims.holder_key}`)
      const seen = world.relay.seen.slice(before)
      must(seen.join() === '/v1/attestations', `it asked for ${seen.join()}`)
      await second.close()
    },
  },
  {
    name: 'killed-before-the-challenge-came',
    async play({ world, start }) {
      const described = await describePhone(world, { name: 'killed-early' })
      const first = await start()
      mustSucceed(await first.ask(described))
      const lost = new Promise<void>((resolve) => {
        world.relay.losing = { path: '/v1/challenges', lost: resolve }
      })
      const reply = first.ask({ do: 'token', phone: 'killed-early' })
      await lost
      await first.kill()
      world.relay.losing = undefined
      mustFail(await reply, 'killed')
      const second = await start()
      mustSucceed(await second.ask(described))
      mustSucceed(await second.ask({ do: 'token', phone: 'killed-early' }))
      await second.close()
    },
  },
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
