import { headerNames } from '@assay/protocol'
import type { GuardedApi } from '@assay/testkit/victims'
import { allOf, send, type Code, type SdkAttack } from './attack.ts'

/** A phone whose SDK signs requests for anyone who asks. */
export interface Signer {
  sign(method: string, url: string, authorization?: string): Promise<Readonly<Record<string, string>>>
}

/** The parts of a stage that these attacks need. */
export interface Scene {
  readonly api: GuardedApi
  /** A genuine phone, another each time. */
  signer(): Promise<Signer>
}

const { attestation, dpop } = headerNames

const orders = ({ api }: Scene) => `${api.url}/v1/orders`

async function signed(
  scene: Scene,
  method = 'GET',
  url = orders(scene),
  authorization?: string,
): Promise<Readonly<Record<string, string>>> {
  const headers = await (await scene.signer()).sign(method, url, authorization)
  return { [attestation]: headers[attestation] ?? '', [dpop]: headers[dpop] ?? '' }
}

const served = async (scene: Scene): Promise<Code> => send(scene.api, await signed(scene))

function attackOn<Stage>(
  sceneOf: (stage: Stage) => Scene,
  id: string,
  expected: Code,
  attack: (scene: Scene) => Promise<Code>,
): SdkAttack<Stage> {
  return {
    id,
    expected,
    attack: (stage) => attack(sceneOf(stage)),
    twin: (stage) => served(sceneOf(stage)),
  }
}

/** Attacks with tokens and proofs that the SDK has made, in other hands. */
export function requestAttacks<Stage>(sceneOf: (stage: Stage) => Scene): readonly SdkAttack<Stage>[] {
  const on = (id: string, expected: Code, attack: (scene: Scene) => Promise<Code>) =>
    attackOn(sceneOf, id, expected, attack)
  return [
    on('brokered-device', null, served),
    on('captured-request', 'PROOF_REPLAYED', twice),
    on('token-stolen', 'PROOF_KEY_MISMATCH', async (scene) => {
      const [victim, thief] = [await signed(scene), await signed(scene)]
      return send(scene.api, { ...thief, [attestation]: victim[attestation] ?? '' })
    }),
    on('token-without-proof', 'PROOF_MISSING,TOKEN_KIND', async (scene) => {
      const { [attestation]: token = '' } = await signed(scene)
      return allOf([
        await send(scene.api, { [attestation]: token }),
        await send(scene.api, { authorization: `Bearer ${token}` }),
      ])
    }),
    on('proof-other-method', 'PROOF_HTM', async (scene) => send(scene.api, await signed(scene), 'POST')),
    on('proof-other-url', 'PROOF_HTU', async (scene) =>
      send(scene.api, await signed(scene, 'GET', `${scene.api.url}/v1/payments`)),
    ),
    on('proof-replayed', 'PROOF_REPLAYED', twice),
    on('proof-raced', 'PROOF_REPLAYED', async (scene) => {
      const headers = await signed(scene)
      const codes = await Promise.all([1, 2, 3, 4].map(() => send(scene.api, headers)))
      // One of them is the request itself.
      return allOf(codes.filter((_, i) => i !== codes.indexOf(null)))
    }),
    on('proof-user-token-swapped', 'PROOF_ATH,PROOF_ATH_MISSING', async (scene) => {
      const swapped = await signed(scene, 'GET', orders(scene), 'Bearer one')
      const added = await signed(scene)
      const others = { authorization: 'Bearer other' }
      return allOf([
        await send(scene.api, { ...swapped, ...others }),
        await send(scene.api, { ...added, ...others }),
      ])
    }),
  ]
}

async function twice(scene: Scene): Promise<Code> {
  const headers = await signed(scene)
  await send(scene.api, headers)
  return send(scene.api, headers)
}
