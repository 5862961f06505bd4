import { randomBytes } from 'node:crypto'
import { allOf } from '../../verdict.ts'
import type { Attack } from '../../attack.ts'
import { attestTampered, withClientData } from '../../kinds/tampered-answer.ts'

const untouched = withClientData(() => ({}))

export const challengeMadeUp: Attack = {
  id: 'challenge-made-up',
  title: 'A challenge that the service did not issue',
  oat: 'OAT-019',
  method: 'random bytes; a real one with another MAC; a real one for another purpose',
  run: {
    assay: async (world) => {
      const changes: ((bytes: Buffer) => Buffer)[] = [
        (bytes) => randomBytes(bytes.length),
        (bytes) => Buffer.concat([bytes.subarray(0, 28), randomBytes(20)]),
        (bytes) => Buffer.concat([bytes.subarray(0, 2), Buffer.of(3), bytes.subarray(3)]),
      ]
      const tries = changes.map((change) => {
        const tamper = withClientData(({ challenge }) => ({
          challenge: change(Buffer.from(challenge, 'base64url')).toString('base64url'),
        }))
        return attestTampered(world, tamper)
      })
      return { attack: allOf(await Promise.all(tries)), twin: await attestTampered(world, untouched) }
    },
  },
}
