import { createHash, createPublicKey } from 'node:crypto'
import {
  concat,
  decodeBase64url,
  labels,
  paths,
  utf8,
  type AttestationRequest,
  type ChallengeRequest,
} from '@assay/protocol'
import { createSoftwareKey, newKeyPair, readClientData, type KeyPair, type SoftwareKey } from '@assay/testkit'
import { onPhone, onPixel } from '../../kinds/on-phone.ts'
import { allOf } from '../../verdict.ts'
import type { HardwareWorld } from '../../world.ts'

/** Asks for a challenge for a key that is yet to be made, and answers it with a chain for `attested`, or with none. */
function answer(world: HardwareWorld, attested: KeyPair | undefined, key = createSoftwareKey()) {
  const phone = world.phones.pixel()
  const rewrite = (path: string, body: string) => {
    if (path === paths.challenges)
      return JSON.stringify({ ...(JSON.parse(body) as ChallengeRequest), key: undefined })
    if (path !== paths.attestations || attested === undefined) return body
    const sent = JSON.parse(body) as AttestationRequest
    const challenge = decodeBase64url(readClientData(sent).challenge) ?? new Uint8Array()
    const committed = createHash('sha256').update(concat(labels.androidKey, challenge)).digest('base64url')
    return JSON.stringify({ ...sent, evidence: [phone.attestKey(attested, utf8(committed))] })
  }
  return onPixel(world, attested === undefined ? { evidence: [] } : phone, { key, rewrite })
}

function keyPairOf({ privateKey }: SoftwareKey): KeyPair {
  const publicKey = createPublicKey(privateKey)
  return { privateKey, publicKey, spki: publicKey.export({ type: 'spki', format: 'der' }) }
}

export const oneKeyPassedOff = onPhone({
  id: 'one-key-passed-off',
  title: 'A software key is passed off as the one that the hardware holds',
  oat: 'OAT-020',
  method: 'the challenge is for a key that is attested itself: another key is attested, or none',
  attack: async (world) => allOf([await answer(world, newKeyPair('P-256')), await answer(world, undefined)]),
  twin: (world) => {
    // What the phone keeps is here in memory: it is the same key.
    const key = createSoftwareKey()
    return answer(world, keyPairOf(key), key)
  },
})
