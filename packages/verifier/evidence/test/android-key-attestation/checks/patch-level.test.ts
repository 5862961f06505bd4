import { expect, test } from 'vitest'
import { integer } from '../../../../codec/test/der/encode.ts'
import { codeOf } from '../../codes.ts'
import { verifying } from '../phone.ts'

const code = (level: number | undefined, minOsPatchLevel: number | null) =>
  codeOf(() =>
    verifying(
      { statement: { hardware: { 706: level === undefined ? undefined : integer(level) } } },
      { policy: { minOsPatchLevel } },
    ),
  )

test.each([
  ['older', 202512],
  ['none', undefined],
  ['zero', 0],
  ['a month that does not exist', 202613],
  ['a year without month', 202700],
  ['a day', 20261005],
  ['a year of five digits', 1000001],
  ['a year of three digits', 99912],
  ['negative', -202610],
])('%s: ANDROID_KEY_PATCH_LEVEL', async (_, level) => {
  expect(await code(level, 202601)).toBe('ANDROID_KEY_PATCH_LEVEL')
})

test('the required one and later ones', async () => {
  expect(await code(202601, 202601)).toBe('accepted')
  expect(await code(202612, 202601)).toBe('accepted')
})

test('where none is required, what a device makes of it is reported', async () => {
  expect(await code(undefined, null)).toBe('accepted')
  const { claims } = await verifying({ statement: { hardware: { 706: integer(202400) } } })
  expect(claims.osPatchLevel).toBe(202400)
})

test('what the system says does not count', async () => {
  const statement = { hardware: { 706: undefined }, software: { 706: integer(202610) } }
  expect(await codeOf(() => verifying({ statement }, { policy: { minOsPatchLevel: 202601 } }))).toBe(
    'ANDROID_KEY_PATCH_LEVEL',
  )
})
