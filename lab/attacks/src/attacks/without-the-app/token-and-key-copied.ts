import type { Attack } from '../../attack.ts'
import { send, sound, withLoot } from '../../kinds/forged-request.ts'

export const tokenAndKeyCopied: Attack = {
  id: 'token-and-key-copied',
  title: 'Token and private key are copied from the device',
  oat: 'OAT-020',
  method:
    'a software key is read out of the memory of the process; the script makes proofs with it until the token expires',
  run: {
    assay: (world) => withLoot(world, async (loot) => ({ attack: await send(sound(loot), world) })),
  },
}
