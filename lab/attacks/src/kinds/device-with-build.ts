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

/** A device calls an API, by default the orders API, and is then closed. */
export async function tryDevice(
  world: World,
  making: Promise<InstalledApp>,
  target: Target = world.apis.orders,
): Promise<Outcome> {
  const device = await making
  try {
    return await callFrom(device, target, world)
  } finally {
    device.close()
  }
}
