import { expect, test } from 'vitest'
import { checkSegments } from '../../../src/software/checks/segments.ts'
import { SoftwareError } from '../../../src/software/index.ts'
import { codeOf } from '../../codes.ts'

const tagsOf = (...names: string[]) =>
  names.map((name) => ({ name, tag: new Uint8Array(8).fill(name.length) }))
const registered = tagsOf('assets/index.android.bundle', 'classes.dex', 'classes2.dex')
const [bundle, dex, dex2] = registered as [
  (typeof registered)[0],
  (typeof registered)[0],
  (typeof registered)[0],
]

test('names, order and tags of the build', () => {
  checkSegments(registered, registered)
})

test.each([
  ['renamed', [bundle, { ...dex, name: 'classes1.dex' }, dex2]],
  ['missing', [bundle, dex]],
  ['extra', [...registered, ...tagsOf('classes3.dex')]],
  ['reordered', [dex, bundle, dex2]],
  ['none at all', []],
])('%s: SOFTWARE_SEGMENTS, without a name', async (_, measured) => {
  expect(await codeOf(() => checkSegments(measured, registered))).toBe('SOFTWARE_SEGMENTS')
})

test('SOFTWARE_SEGMENT_MISMATCH names every segment that differs', () => {
  const flipped = ({ name, tag }: typeof dex) => ({
    name,
    tag: tag.map((byte, i) => (i === 7 ? byte ^ 1 : byte)),
  })
  const check = () => checkSegments([flipped(bundle), dex, flipped(dex2)], registered)
  expect(check).toThrow(SoftwareError)
  expect(check).toThrow(
    expect.objectContaining({
      code: 'SOFTWARE_SEGMENT_MISMATCH',
      segments: ['assets/index.android.bundle', 'classes2.dex'],
    }),
  )
})

test('names like array indices stand first in every JSON object, and are not reordered', () => {
  const numbered = tagsOf('10', '9', 'a')
  const parsed = Object.entries(Object.fromEntries(numbered.map(({ name, tag }) => [name, tag])))
  expect(parsed.map(([name]) => name)).toEqual(['9', '10', 'a'])
  checkSegments(
    parsed.map(([name, tag]) => ({ name, tag })),
    numbered,
  )
})
