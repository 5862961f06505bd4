import { decodeBase64url } from '@assay/protocol'
import { signAttestation } from '@assay/testkit'
import type { Attack } from '../../attack.ts'
import { attestTampered, withClientData, type Tamper } from '../../kinds/tampered-answer.ts'
import { allOf } from '../../verdict.ts'

/** Client data whose text is changed, signed as it then stands. */
function withText(change: (text: string) => string | Buffer): Tamper {
  return (answer, key) => {
    const bytes = decodeBase64url(answer.client_data)
    const text = Buffer.from(bytes ?? []).toString()
    const changed = change(text)
    if (changed === text) throw new Error('nothing was changed')
    return signAttestation(Buffer.from(changed as string), key)
  }
}

const changes: readonly ((text: string) => string | Buffer)[] = [
  (text) => text.replace('{', '{"build":"successor",'),
  (text) => text.replace(/\}$/, ',"\\u0062uild":"successor"}'),
  (text) => text.replace('"sdk":"', '"sdk":"\\udc00'),
  (text) => text.replace('"probes":{', `"probes":{"a":${'{"a":'.repeat(50)}1${'}'.repeat(50)},`),
  (text) => text.replace('{', '{"__proto__":{},'),
  (text) => text.replace('"v":1', '"v":1e400'),
  (text) => Buffer.from(text.replace('"sdk":"', '"sdk":"\xff'), 'latin1'),
]

export const clientDataJson: Attack = {
  id: 'client-data-json',
  title: 'Client data that two parsers would read differently',
  oat: 'OAT-014',
  method: 'duplicate members, half a character, depth, __proto__, 1e400, invalid UTF-8; each validly signed',
  run: {
    assay: async (world) => {
      const tries = changes.map((change) => attestTampered(world, withText(change)))
      return {
        attack: allOf(await Promise.all(tries)),
        twin: await attestTampered(
          world,
          withClientData(() => ({})),
        ),
      }
    },
  },
}
