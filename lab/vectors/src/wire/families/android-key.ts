import { labels } from '@assay/protocol'
import { accept, refuse, type Family } from '../case/case.ts'
import { base64url, noise, sha256 } from '../material/bytes.ts'
import { challengeOf } from '../material/challenge.ts'

const challenges = [
  ...['a', 'b', 'c', 'd', 'e', 'f'].map((label) => challengeOf(`android ${label}`, { purpose: 2 })),
  base64url(new Uint8Array(48)),
  base64url(new Uint8Array(48).fill(255)),
]

const broken: readonly [string, string][] = [
  ['nothing', ''],
  ['47 bytes', base64url(noise('android', 47))],
  ['49 bytes', base64url(noise('android', 49))],
  ['padding', `${(challenges[0] as string).slice(0, 63)}=`],
  ['another alphabet', (challenges[0] as string).replace(/./, '+')],
  ['a line end', `${challenges[0] as string}\n`],
]

export const androidKey: Family = {
  name: 'android-key',
  about:
    'One key: the attestation challenge (43 ASCII characters) of a Keystore key that is installation key and vouching key in one.',
  floor: { accepted: 8, refused: 6 },
  cases: [
    ...challenges.map((challenge, i) =>
      accept(
        `challenge ${i}`,
        { challenge },
        base64url(sha256(labels.androidKey, Buffer.from(challenge, 'base64url'))),
      ),
    ),
    ...broken.map(([name, challenge]) => refuse(`a challenge of ${name}`, { challenge }, 'MALFORMED')),
  ],
}
