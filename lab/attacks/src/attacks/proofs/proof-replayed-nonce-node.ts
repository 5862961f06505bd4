import { headerNames } from '@assay/protocol'
import { forgeProof } from '@assay/testkit'
import type { Attack } from '../../attack.ts'
import { send, withLoot } from '../../kinds/forged-request.ts'
import { shop } from '../../world.ts'

export const proofReplayedNonceNode: Attack = {
  id: 'proof-replayed-nonce-node',
  title: 'A proof is used once more at a second node, where nodes ask for nonces of their own',
  oat: 'OAT-006',
  method: 'two guards under one base URL, without a shared store',
  run: {
    assay: (world) =>
      withLoot(world, async ({ token, key }) => {
        const [first, second] = world.apis.nonceNodes
        const url = first.url + shop.orders
        const asked = await fetch(url, {
          headers: { [headerNames.attestation]: token, [headerNames.dpop]: forgeProof(key, 'GET', url) },
        })
        const nonce = asked.headers.get(headerNames.dpopNonce)
        const captured = { token, proof: forgeProof(key, 'GET', url, { nonce }) }
        const twin = await send({ ...captured, target: first }, world)
        return { attack: await send({ ...captured, target: second }, world), twin }
      }),
  },
}
