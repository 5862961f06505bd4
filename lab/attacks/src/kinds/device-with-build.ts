import { setTimeout as wait } from 'node:timers/promises'
import type { Device, InstalledApp } from '@assay/testkit'
import type { Attack, About } from '../attack/attack.ts'
import type { Outcome } from '../world/outcome.ts'
import type { Target, World } from '../world/world.ts'
import { callFrom } from '../world/call.ts'

interface DeviceWithBuild extends About {
  device: (world: World) => Promise<Device>
  twin: (world: World) => Promise<Device>
  /** Default: the orders API. */
  target?: (world: World) => Target
  /** The operator's act between the twin and the attack. */
  meanwhile?: (world: World) => Promise<void>
}

/** A device whose app or build may not attest calls the API. */
export function deviceWithBuild(attack: DeviceWithBuild): Attack {
  const { device, twin, target = (world) => world.apis.orders, meanwhile, ...about } = attack
  const tryWith = (world: World, making: (world: World) => Promise<Device>) =>
    tryDevice(world, making(world), target(world))
  return {
    ...about,
    run: {
      assay: async (world) => {
        const genuine = await tryWith(world, twin)
        await meanwhile?.(world)
        return { attack: await tryWith(world, device), twin: genuine }
      },
    },
  }
}

/** Milliseconds after which a device comes again. The service asks for a second. */
const again = 2_000

/**
 * A device calls an API, by default the orders API, and is then closed. It comes again after a malfunction, as apps do: on a
 * machine with other work to do, digests of a build can take longer than the service waits for them.
 */
export async function tryDevice(
  world: World,
  making: Promise<InstalledApp>,
  target: Target = world.apis.orders,
  mostMalfunctions = 3,
): Promise<Outcome> {
  const device = await making
  try {
    let outcome = await callFrom(device, target, world)
    for (let left = mostMalfunctions; left > 0 && outcome.code === 'temporarily_unavailable'; left--) {
      await wait(again)
      outcome = await callFrom(device, target, world)
    }
    return outcome
  } finally {
    device.close()
  }
}
