import { paths, type AttestationRequest, type ClientData } from '@assay/protocol'
import { createSoftwareKey, forgeAttestation, type SoftwareKey } from '@assay/testkit'
import type { Attack, About } from '../attack/attack.ts'
import type { Outcome } from '../world/outcome.ts'
import { callFrom } from '../world/call.ts'
import type { World } from '../world/world.ts'

/** Makes the replacement of the answer; a text is sent unchanged. */
export type Tamper = (answer: AttestationRequest, key: SoftwareKey) => AttestationRequest | string

/**
 * A device with the genuine app attests with a fresh challenge; its owner changes the answer on its way. He has the
 * installation key and may sign again; a phone vouches for what he signs.
 */
export async function attestTampered(world: World, tamper: Tamper): Promise<Outcome> {
  const key = createSoftwareKey()
  const rewrite = (path: string, body: string) => {
    if (path !== paths.attestations) return body
    const sent = tamper(JSON.parse(body) as AttestationRequest, key)
    return typeof sent === 'string' ? sent : JSON.stringify(world.vouch(sent))
  }
  const device = await world.device({ key, rewrite })
  try {
    return await callFrom(device, world.apis.orders, world)
  } finally {
    device.close()
  }
}

interface TamperedAnswer extends About {
  tamper: Tamper
  /** The same handling without the tampered property; default: signed again, unchanged. */
  twin?: Tamper
}

export function tamperedAnswer({ tamper, twin = signedAgain, ...about }: TamperedAnswer): Attack {
  return {
    ...about,
    run: {
      assay: async (world) => ({
        attack: await attestTampered(world, tamper),
        twin: await attestTampered(world, twin),
      }),
    },
  }
}

const signedAgain: Tamper = (answer, key) => forgeAttestation(answer, key, (data) => data)

/** Client data with some members changed, signed again. */
export function withClientData(change: (data: ClientData) => object): Tamper {
  return (answer, key) => forgeAttestation(answer, key, (data) => ({ ...data, ...change(data) }))
}
