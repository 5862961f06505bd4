import { setTimeout as pause } from 'node:timers/promises'
import { AssayClientError } from '@assay/client'
import { decodeCompactJws } from '@assay/protocol'
import { forgeProof, type Device } from '@assay/testkit'
import { without } from '../../attack/sdks.ts'
import type { Attack } from '../../attack/attack.ts'
import type { Outcome } from '../../world/outcome.ts'
import { noService, onlyAssay, onlyHardware, refusedWith, through } from '../../attack/expected.ts'
import { call, callFrom, present, outcomeOfExchange } from '../../world/call.ts'
import { allOf, everyOf, refused, served } from '../../world/outcome.ts'
import { shop, type HardwareWorld, type Target, type World } from '../../world/world.ts'

/** Within this time a ban reaches guards: docs/status-list.md. */
const reachesGuards = 30_000

/** A phone with a token that it goes on using. */
interface Holder {
  device: Device
  /** Pseudonym of its installation at the API. */
  installation: string
  call(): Promise<Outcome>
}

async function holderOf({ device: install, apis: { orders } }: World): Promise<Holder> {
  const device = await install()
  const { token } = await device.client.getToken(orders.url)
  const { installation } = decodeCompactJws(token)?.payload as { installation: string }
  const target = orders.url + shop.orders
  return {
    device,
    installation,
    call: () => call(orders, { headers: present(token, forgeProof(device.key, 'GET', target)) }),
  }
}

/** The outcome of requesting a token again. */
async function renewed({ client, exchanges }: Device, world: World): Promise<Outcome> {
  try {
    await client.getToken(world.apis.orders.url, { forceRefresh: true })
    return served()
  } catch (error) {
    if (!(error instanceof AssayClientError)) throw error
    return outcomeOfExchange({ exchanges }, error, world)
  }
}

/** What a ban does to an installation, with hardware that vouches for it and without, and to earlier tokens. */
export const banned: readonly Attack[] = [
  {
    id: 'banned-software-key',
    sdks: without('at-the-service'),
    title: 'A banned installation asks for a new token',
    oat: 'OAT-020',
    method:
      'two genuine installations attest; one is banned by the name that the API knows, and both attest again, the banned one with the same key',
    expected: onlyAssay(noService, refusedWith('INSTALLATION_BANNED'), refusedWith('VOUCHING_KEY_BANNED')),
    run: {
      assay: async (world) => {
        const [one, twin] = [await world.device(), await world.device()]
        try {
          const { token } = await one.client.getToken(world.apis.orders.url)
          const { installation } = decodeCompactJws(token)?.payload as { installation: string }
          await world.operator.ban(world.apis.orders.url, installation)
          return { attack: await renewed(one, world), twin: await renewed(twin, world) }
        } finally {
          for (const device of [one, twin]) device.close()
        }
      },
    },
  },
  tokenOfBannedPhone({
    id: 'token-of-banned-phone',
    title: 'A token is still used after its phone was banned',
    method:
      'two phones attest; one is banned, and within half a minute its token is refused at the guard, while that of the other is served',
  }),
  tokenOfBannedPhone({
    id: 'status-list-outgrown',
    title:
      'A farm lets itself be banned until the status list is too long for guards, and goes on with its tokens',
    method:
      'two phones attest; 20,000 others are banned, whose names alone are longer than what a guard reads, and then one of the two; within half a minute its token is refused at the guard, while that of the other is served',
    before: ({ banFarm, apis: { orders } }) => banFarm(orders.url, 20_000),
    // What another process writes meets the service's own writes, which fail with 503.
    isAlone: true,
  }),
  {
    id: 'ban-across-apps',
    sdks: without('at-the-service'),
    title: 'Support of one app bans a phone of another app that calls the same API',
    oat: 'OAT-015',
    method:
      'two phones attest for an API of two apps; with a support key of the other app, one is banned there by the name that its tokens have, and at its own app; through if its token is refused, or it gets no other; twin: support of its own app bans the second phone, whose token is refused',
    expected: onlyAssay(noService, refusedWith('scope_insufficient')),
    run: {
      assay: async (world) => {
        const { apps, apis, operator } = world
        const audience = apis.orders.url
        const [other, own] = [await operator.support(apps.web), await operator.support()]
        const [victim, another] = [await holderOf(world), await holderOf(world)]
        try {
          const order = { audience, installation: victim.installation }
          const across = [await other.ban(order), await other.ban({ ...order, app: apps.android })]
          const ban = await own.ban({ audience, installation: another.installation })
          // Both bans are older than the list with which this one takes effect.
          const { through: goesOn } = await refusedInTime(another)
          const left = everyOf([await victim.call(), await renewed(victim.device, world)])
          return {
            attack: left.through ? allOf(across.filter((one) => !one.through)) : served(),
            twin: goesOn ? refused(200, 'TOKEN_NOT_BANNED') : ban,
          }
        } finally {
          for (const { device } of [victim, another]) device.close()
        }
      },
    },
  },
  {
    id: 'ban-outlived-by-update',
    sdks: without('at-the-service'),
    title: 'A banned phone updates the app',
    oat: 'OAT-020',
    method:
      'it attests as the next build, with the key that it has; where hardware vouches for the app, with a new key as well; twin: another phone that updates',
    expected: onlyAssay(noService, refusedWith('INSTALLATION_BANNED'), refusedWith('VOUCHING_KEY_BANNED')),
    run: {
      assay: async (world) => {
        const { builds, operator, apis } = world
        const { id: build } = builds.update
        const evidence = world.evidence()
        const [one, other] = [await world.device({ evidence }), await world.device()]
        const audience = apis.orders.url
        const { token } = await one.client.getToken(audience)
        await other.client.getToken(audience)
        const { installation } = decodeCompactJws(token)?.payload as { installation: string }
        await operator.ban(audience, installation)
        const updates = [
          await world.device({ evidence, build, key: one.key }),
          ...(evidence.length > 0 ? [await world.device({ evidence, build })] : []),
        ]
        const twin = await world.device({ build, key: other.key })
        try {
          const outcomes = []
          for (const device of updates) outcomes.push(await callFrom(device, apis.orders, world))
          return { attack: allOf(outcomes), twin: await callFrom(twin, apis.orders, world) }
        } finally {
          for (const device of [one, other, twin, ...updates]) device.close()
        }
      },
    },
  },
  {
    id: 'ban-outlived-by-reinstall',
    sdks: without('at-the-service'),
    title: 'A banned phone installs the app again',
    oat: 'OAT-020',
    method:
      'an iPhone attests, is banned, and attests again with a new installation key and a new App Attest key, which nothing links to those before; twin: the ban of an Android phone holds, whose chain names the same attestation key: `VOUCHING_KEY_BANNED`',
    expected: onlyHardware(through),
    run: {
      'assay-hardware': async (world) => {
        const { iosDevice, iosOrders, phones, device, apis } = world
        const sameIphone = { device: {} }
        const iphone = await reinstalled(world, iosOrders, () =>
          iosDevice({ evidence: phones.iphone(sameIphone).evidence }),
        )
        const pixel = phones.pixel()
        const android = await reinstalled(world, apis.orders, () => device({ evidence: pixel.evidence }))
        return { attack: iphone, twin: android.code === 'VOUCHING_KEY_BANNED' ? served() : android }
      },
    },
  },
  {
    id: 'ban-lifted-by-forget',
    sdks: without('at-the-api'),
    title: 'A banned phone has itself forgotten, goes on with its token, and enrols anew',
    oat: 'OAT-006',
    method:
      'two phones attest; one is banned, and at once both are forgotten on request; within half a minute the token of the banned one is refused at the guard, and its enrolment at the service; twin: the other goes on, and enrols anew',
    expected: onlyHardware(refusedWith('TOKEN_BANNED,VOUCHING_KEY_BANNED')),
    run: {
      'assay-hardware': async (world) => {
        const holders = [await holderOf(world), await holderOf(world)] as const
        try {
          const [one, other] = holders
          await world.operator.ban(world.apis.orders.url, one.installation)
          for (const { device } of holders) await world.operator.forget(device.key.thumbprint)
          const attack = allOf([await refusedInTime(one), await renewed(one.device, world)])
          return { attack, twin: everyOf([await other.call(), await renewed(other.device, world)]) }
        } finally {
          for (const { device } of holders) device.close()
        }
      },
    },
  },
]

/** A device gets a token and is banned by its name there; then the app is installed again, and asks for a token. */
async function reinstalled(
  world: HardwareWorld,
  target: Target,
  install: () => Promise<Device>,
): Promise<Outcome> {
  const { url } = target
  const [before, after] = [await install(), await install()]
  try {
    const { token } = await before.client.getToken(url)
    const { sub: app, installation } = decodeCompactJws(token)?.payload as Record<
      'sub' | 'installation',
      string
    >
    const support = await world.operator.support(app)
    const ban = await support.ban({ audience: url, installation })
    if (!ban.through) throw new Error(`nothing was banned: ${ban.code}`)
    return await callFrom(after, target, world)
  } finally {
    for (const device of [before, after]) device.close()
  }
}

/** The outcome of a call once a ban must have reached the guard. */
async function refusedInTime(holder: Holder): Promise<Outcome> {
  const end = performance.now() + reachesGuards
  let outcome = await holder.call()
  while (outcome.through && performance.now() < end) {
    await pause(500)
    outcome = await holder.call()
  }
  return outcome
}

interface BannedPhone extends Pick<Attack, 'id' | 'title' | 'method' | 'isAlone'> {
  /** What happens before the phone is banned. */
  readonly before?: (world: HardwareWorld) => void
}

function tokenOfBannedPhone({ before = () => undefined, ...described }: BannedPhone): Attack {
  return {
    ...described,
    sdks: without('at-the-api'),
    oat: 'OAT-006',
    expected: onlyHardware(refusedWith('TOKEN_BANNED')),
    run: {
      'assay-hardware': async (world) => {
        const holders = [await holderOf(world), await holderOf(world)] as const
        try {
          const [one, other] = holders
          for (const unbanned of [await one.call(), await other.call()])
            if (!unbanned.through) return { attack: unbanned, twin: unbanned }
          before(world)
          await world.operator.ban(world.apis.orders.url, one.installation)
          return { attack: await refusedInTime(one), twin: await other.call() }
        } finally {
          for (const { device } of holders) device.close()
        }
      },
    },
  }
}
