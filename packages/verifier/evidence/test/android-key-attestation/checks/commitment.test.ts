import { expect, test } from 'vitest'
import { codeOf } from '../../codes.ts'
import { verifying } from '../phone.ts'
import { challenge } from '../write-key-description.ts'

test.each([
  ['another one', Buffer.from(challenge).fill(0x41)],
  ['all but its last byte', challenge.subarray(0, -1)],
  ['it and a byte more', Buffer.concat([challenge, Buffer.of(0)])],
  ['none', Buffer.alloc(0)],
  ['its last bit flipped', Buffer.from(challenge).fill(challenge.at(-1)! ^ 1, challenge.length - 1)],
])('%s: ANDROID_KEY_COMMITMENT', async (_, other) => {
  expect(await codeOf(() => verifying({ statement: { challenge: other } }))).toBe('ANDROID_KEY_COMMITMENT')
})
