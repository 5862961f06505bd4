import type { AttestationRequest } from '@assay/protocol'
import type { Worlds } from '../attack/attack.ts'
import { setHardwareWorld } from './set-hardware-world.ts'
import { gatherMaterial, setWorld } from './set-world.ts'

/** The worlds of both levels of Assay, and a function that stops them. */
export interface RunningWorlds {
  readonly worlds: Worlds
  close(): Promise<void>
}

const nobody = { evidence: () => [], vouch: (answer: AttestationRequest) => answer }

export async function setWorlds(): Promise<RunningWorlds> {
  const material = await gatherMaterial()
  const software = await setWorld(material, {
    tiers: ['warning'],
    vouching: nobody,
    native: { tiers: ['warning'] },
  })
  try {
    const hardware = await setHardwareWorld(material)
    return {
      worlds: { software: software.world, hardware: hardware.world },
      close: async () => {
        await hardware.close()
        await software.close()
      },
    }
  } catch (error) {
    await software.close()
    throw error
  }
}
