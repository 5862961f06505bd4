import { expect, test } from 'vitest'
import { codeOf } from '../../codes.ts'
import { verifying } from '../phone.ts'
import { integers } from '../write-key-description.ts'

test.each(['hardware', 'software'])(
  'a key to attest others, as the %s list says: ANDROID_KEY_PURPOSE',
  async (list) => {
    for (const purposes of [integers(7), integers(2, 7)]) {
      expect(await codeOf(() => verifying({ statement: { [list]: { 1: purposes } } }))).toBe(
        'ANDROID_KEY_PURPOSE',
      )
    }
  },
)

test('other purposes are claims', async () => {
  const { claims } = await verifying({ statement: { hardware: { 1: integers(0, 1, 3) } } })
  expect(claims.purposes).toEqual([0, 1, 3])
})
