import type { InstalledApp } from '@assay/testkit'
import type { Verdict } from '../attack.ts'
import { callFrom } from '../verdict.ts'
import type { Target, World } from '../world.ts'

/** A device calls an API, by default that of the orders, and is put away. */
export async function tryDevice(
  world: World,
  making: Promise<InstalledApp>,
  target: Target = world.apis.orders,
): Promise<Verdict> {
  const device = await making
  try {
    return await callFrom(device, target, world)
  } finally {
    device.close()
  }
}
