import { expect, test } from 'vitest'
import { nothing } from '../../../../codec/test/der/encode.ts'
import { codeOf } from '../../codes.ts'
import { verifying } from '../phone.ts'

test.each(['hardware', 'software'])(
  'a key for every app, as the %s list says: ANDROID_KEY_ALL_APPLICATIONS',
  async (list) => {
    expect(await codeOf(() => verifying({ statement: { [list]: { 600: nothing() } } }))).toBe(
      'ANDROID_KEY_ALL_APPLICATIONS',
    )
  },
)
