import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concat, equalBytes, label, labels, lengthPrefixed, uint32, uint64 } from '@assay/protocol'

test('integers are big-endian', () => {
  expect([...uint32(0x01020304)]).toEqual([1, 2, 3, 4])
  expect([...uint64(0x1_0000_0002)]).toEqual([0, 0, 0, 1, 0, 0, 0, 2])
})

test.each([-1, 1.5, 2 ** 32, Number.NaN])('refuses %d as uint32', (value) => {
  expect(() => uint32(value)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }))
})

test.each([-1, 1.5, 2 ** 53, Number.POSITIVE_INFINITY])('refuses %d as uint64', (value) => {
  expect(() => uint64(value)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }))
})

test('length prefixes keep neighbours apart', () => {
  expect([...lengthPrefixed('é')]).toEqual([0, 0, 0, 2, 0xc3, 0xa9])
  expect(concat(lengthPrefixed('ab'), lengthPrefixed('c'))).not.toEqual(
    concat(lengthPrefixed('a'), lengthPrefixed('bc')),
  )
})

test('equal means the same bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      expect(equalBytes(a, b)).toBe(Buffer.from(a).equals(Buffer.from(b)))
      expect(equalBytes(a, Uint8Array.from(a))).toBe(true)
    }),
  )
})

test('labels end in a zero byte and none is the start of another', () => {
  expect([...label('ab')]).toEqual([97, 98, 0])
  const all = Object.values(labels).map((bytes) => Buffer.from(bytes).toString('latin1'))
  for (const one of all) expect(all.filter((other) => other.startsWith(one))).toEqual([one])
})
