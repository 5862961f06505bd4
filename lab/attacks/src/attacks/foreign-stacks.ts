import type { Device } from '@assay/testkit'
import { without } from '../attack/sdks.ts'
import type { Attack, Attempt } from '../attack/attack.ts'
import { noToken, onlyAssay, onlyHardware, refusedWith } from '../attack/expected.ts'
import { tryDevice } from '../kinds/device-with-build.ts'
import { call, callFrom } from '../world/call.ts'
import { allOf, type Outcome } from '../world/outcome.ts'
import type { Stock, World } from '../world/world.ts'

const byToken = (stock: Stock, token: string, scheme = 'DPoP') =>
  call(stock.orders, { headers: { Authorization: `${scheme} ${token}` } })

/** A device with the app, whose SDK knows this API alone; without evidence, the policy makes it `contraindicated`. */
function deviceFor(
  world: World,
  audience: string,
  more: { evidence?: []; key?: Device['key'] } = {},
): Promise<Device> {
  return world.device({ audiences: { [audience]: audience }, ...more })
}

/** The token that the same device gets for an API that takes it. */
async function tokenAt(world: World, audience: string, { key }: Device): Promise<string> {
  const device = await deviceFor(world, audience, { evidence: [], key })
  try {
    return (await device.client.getToken(audience)).token
  } finally {
    device.close()
  }
}

/** A phone that leaves its evidence out, and as the twin one that gives it, at an API behind a stock resource server. */
function atStock(
  attempts: (world: World, stock: Stock, device: Device) => Promise<Outcome[]>,
): NonNullable<Attack['run']['assay-hardware']> {
  return async (world) =>
    withStock(world, async (stock) => {
      const device = await deviceFor(world, stock.orders.url, { evidence: [] })
      try {
        const outcomes = [
          await callFrom(device, stock.orders, world),
          ...(await attempts(world, stock, device)),
        ]
        const twin = await tryDevice(world, deviceFor(world, stock.orders.url), stock.orders)
        return { attack: allOf(outcomes), twin }
      } finally {
        device.close()
      }
    })
}

async function withStock(world: World, use: (stock: Stock) => Promise<Attempt>): Promise<Attempt> {
  const stock = await world.startStock()
  try {
    return await use(stock)
  } finally {
    await stock.stop()
  }
}

/** APIs behind stock resource servers, which look at issuer, audience, type and time alone. */
export const foreignStacks: readonly Attack[] = [
  {
    id: 'contraindicated-at-foreign-stack',
    sdks: without('at-the-service'),
    title:
      'A phone that leaves its evidence out gets through to an API whose stock resource server knows no tiers',
    oat: 'OAT-020',
    method:
      'asks for an access token; sends as one the token that an observing API gave it; and the operator registers such an API as observing. `STOCK_REFUSED`: the resource server’s own refusal; twin: the same with evidence',
    expected: onlyHardware(refusedWith('HARDWARE_EVIDENCE_MISSING,STOCK_REFUSED,other_token_kind')),
    run: {
      'assay-hardware': atStock(async (world, stock, device) => [
        await byToken(stock, await tokenAt(world, stock.observing, device)),
        await world.operator.registerApi({
          audience: `${stock.orders.url}/observed`,
          apps: [world.apps.android],
          tiers: ['warning'],
          token: 'access',
          enforcement: 'observe',
        }),
      ]),
    },
  },
  {
    id: 'allow-listed-at-foreign-stack',
    sdks: without('at-the-service'),
    title:
      'A device that the operator lets pass at one API gets through to one behind a stock resource server',
    oat: 'OAT-020',
    method:
      'a phone without evidence, whose installation is on the allow list of another API, asks for an access token, and sends the token of that API as one; and the operator puts it on the list of the API itself; twin: the same with evidence',
    expected: onlyHardware(refusedWith('HARDWARE_EVIDENCE_MISSING,STOCK_REFUSED,other_token_kind')),
    run: {
      'assay-hardware': atStock(async (world, stock, device) => {
        const listed = await world.operator.allow(stock.tolerant, device.key.thumbprint)
        if (!listed.through) return [listed]
        return [
          await byToken(stock, await tokenAt(world, stock.tolerant, device)),
          await world.operator.allow(stock.orders.url, device.key.thumbprint),
          await callFrom(device, stock.orders, world),
        ]
      }),
    },
  },
  {
    id: 'attestation-token-as-user',
    sdks: without('at-the-api'),
    title: 'The token of an app is sent to an API that takes tokens of its users',
    oat: 'OAT-019',
    method:
      'an access token and an attestation token of a genuine app, as DPoP and as Bearer, at a decoder that trusts the users’ issuer alone, as the guide says; one that trusted both would take the installation for a user; twin: a user’s own token',
    expected: onlyAssay(noToken, refusedWith('STOCK_REFUSED')),
    run: {
      assay: async (world) =>
        withStock(world, async (stock) => {
          const device = await deviceFor(world, stock.orders.url)
          const other = await world.device()
          try {
            const access = await device.client.getToken(stock.orders.url)
            const attestation = await other.client.getToken(world.apis.orders.url)
            const tries = []
            for (const { token } of [access, attestation])
              for (const scheme of ['DPoP', 'Bearer'])
                tries.push(await call(stock.accounts, { headers: { Authorization: `${scheme} ${token}` } }))
            const Authorization = `Bearer ${await stock.userToken()}`
            return { attack: allOf(tries), twin: await call(stock.accounts, { headers: { Authorization } }) }
          } finally {
            device.close()
            other.close()
          }
        }),
    },
  },
]
