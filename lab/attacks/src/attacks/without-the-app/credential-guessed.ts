import { randomBytes } from 'node:crypto'
import type { Attack } from '../../attack.ts'
import { findSecrets } from '../../found-secrets.ts'
import { forgeProof } from '@assay/testkit'
import { encodePart } from '../../jws.ts'
import { send, sound, withLoot } from '../../kinds/forged-request.ts'
import { allOf, call } from '../../verdict.ts'
import { shop } from '../../world.ts'

const guesses = 50

export const credentialGuessed: Attack = {
  id: 'credential-guessed',
  title: 'A script guesses the credential',
  oat: 'OAT-002',
  method: `${guesses} random values of the right shape`,
  run: {
    'embedded-secret': async ({ apis, apks }) => {
      const use = (secret: string) => call(apis.embeddedSecret, { headers: { [shop.secretHeader]: secret } })
      const tries = Array.from({ length: guesses }, () => use(`SG.${randomBytes(48).toString('base64url')}`))
      const [secret = ''] = await findSecrets(apks.release)
      return { attack: allOf(await Promise.all(tries)), twin: await use(secret) }
    },
    assay: (world) =>
      withLoot(world, async (loot) => {
        const proof = () => forgeProof(loot.key, 'GET', loot.url)
        const guess = () => {
          const [header, payload] = loot.token.split('.') as [string, string]
          return `${header}.${payload}.${encodePart(randomBytes(64).toString('latin1')).slice(0, 86)}`
        }
        const tries = Array.from({ length: guesses }, () => send({ token: guess(), proof: proof() }, world))
        return { attack: allOf(await Promise.all(tries)), twin: await send(sound(loot), world) }
      }),
  },
}
