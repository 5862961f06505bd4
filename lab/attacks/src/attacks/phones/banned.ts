import { setTimeout as pause } from 'node:timers/promises'
import { AssayClientError } from '@assay/client'
import { decodeCompactJws } from '@assay/protocol'
import { forgeProof, type Device } from '@assay/testkit'
import type { Attack } from '../../attack/attack.ts'
import type { Outcome } from '../../world/outcome.ts'
import { noService, onlyAssay, onlyHardware, refusedWith } from '../../attack/expected.ts'
import { call, present, outcomeOfExchange } from '../../world/call.ts'
import { allOf, everyOf, served } from '../../world/outcome.ts'
import { shop, type HardwareWorld, type World } from '../../world/world.ts'

/** Within this time a ban reaches guards: docs/status-list.md. */
const reachesGuards = 30_000

/** A phone with a token that it goes on using. */
interface Holder {
  device: Device
  /** Pseudonym of its installation at the API. */
  installation: string
  call(): Promise<Outcome>
}

async function holderOf({ device: install, apis: { orders }, phones }: HardwareWorld): Promise<Holder> {
  const device = await install({ evidence: phones.pixel().evidence })
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
    withoutSdk: ['at-the-service'],
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
    id: 'ban-lifted-by-forget',
    withoutSdk: ['at-the-api'],
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
    withoutSdk: ['at-the-api'],
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
