import { headerNames } from '@assay/protocol'
import type { Code, Sdks } from '../attack/sdks.ts'
import { sendToApi } from './attempt.ts'
import * as kotlin from './kotlin.ts'
import type { Scene } from './scene.ts'
import * as swift from './swift.ts'

const { attestation, dpop } = headerNames

const orders = ({ api }: Scene) => `${api.url}/v1/orders`

/** Token and proof of another phone each time. */
export async function signed(
  scene: Scene,
  method = 'GET',
  url = orders(scene),
  authorization?: string,
): Promise<Readonly<Record<string, string>>> {
  const headers = await (await scene.signer()).sign(method, url, authorization)
  return { [attestation]: headers[attestation] ?? '', [dpop]: headers[dpop] ?? '' }
}

/** With tokens and proofs that the SDK has made, in other hands. */
export function inOtherHands(attack: (scene: Scene) => Promise<Code>): Sdks {
  return {
    kotlin: (stage) => attack(kotlin.sceneOf(stage)),
    swift: (stage) => attack(swift.sceneOf(stage)),
  }
}

/** The request of a genuine phone. */
export const served = async (scene: Scene): Promise<Code> => sendToApi(scene.api, await signed(scene))

/** The same once more. */
export async function twice(scene: Scene): Promise<Code> {
  const headers = await signed(scene)
  await sendToApi(scene.api, headers)
  return sendToApi(scene.api, headers)
}
