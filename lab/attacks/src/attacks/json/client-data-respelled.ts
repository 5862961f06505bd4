import { decodeBase64url, type AttestationRequest } from '@assay/protocol'
import { signAttestation } from '@assay/testkit'
import type { Attack } from '../../attack.ts'
import { attestTampered, type Tamper } from '../../kinds/tampered-answer.ts'
import { allOf } from '../../verdict.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The same bytes in other characters: one of the unused bits of the last one is set. */
function withSpareBits(text: string): string {
  const last = alphabet.indexOf(text.at(-1) as string)
  return text.slice(0, -1) + (alphabet[last | 1] as string)
}

/** The answer, its client data brought by white space to a length whose base64url leaves bits unused. */
const withUnusedBits: Tamper = (answer, key) => {
  const text = Buffer.from(decodeBase64url(answer.client_data) ?? []).toString()
  const spaces = (4 - (Buffer.byteLength(text) % 3)) % 3
  return signAttestation(Buffer.from(text + ' '.repeat(spaces)), key, answer.evidence)
}

const spellings: readonly ((answer: AttestationRequest) => AttestationRequest)[] = [
  (answer) => ({ ...answer, client_data: withSpareBits(answer.client_data) }),
  (answer) => ({ ...answer, client_data: `${answer.client_data}==` }),
  (answer) => ({ ...answer, client_data: `${answer.client_data}\n` }),
  (answer) => ({ ...answer, signature: withSpareBits(answer.signature) }),
]

export const clientDataRespelled: Attack = {
  id: 'client-data-respelled',
  title: 'The same answer in another spelling of base64url',
  oat: 'OAT-006',
  method:
    'unused bits set, padding, white space: what is signed is the same, what is compared as text is not',
  run: {
    assay: async (world) => {
      const tries = spellings.map((spell) =>
        attestTampered(world, (answer, key) => spell(withUnusedBits(answer, key) as AttestationRequest)),
      )
      return { attack: allOf(await Promise.all(tries)), twin: await attestTampered(world, withUnusedBits) }
    },
  },
}
