import { accept, refuse, type Family } from '../case/case.ts'
import { base64url, noise, sha256 } from '../material/bytes.ts'

const bindings = [
  ...['a', 'b', 'c', 'd', 'e', 'f'].map((label) => base64url(sha256(`binding ${label}`))),
  base64url(new Uint8Array(32)),
  base64url(new Uint8Array(32).fill(255)),
]

const broken: readonly [string, string][] = [
  ['nothing', ''],
  ['31 bytes', base64url(noise('binding', 31))],
  ['33 bytes', base64url(noise('binding', 33))],
  ['unused bits that are not zero', `${'A'.repeat(42)}B`],
  ['padding', `${base64url(new Uint8Array(32))}=`],
]

export const appAttest: Family = {
  name: 'app-attest',
  about:
    '`clientDataHash` of App Attest, for attestation and assertion: SHA-256 of the binding as its 43 ASCII characters.',
  floor: { accepted: 8, refused: 5 },
  cases: [
    ...bindings.map((binding, i) => accept(`binding ${i}`, { binding }, base64url(sha256(binding)))),
    ...broken.map(([name, binding]) => refuse(`a binding of ${name}`, { binding }, 'MALFORMED')),
  ],
}
