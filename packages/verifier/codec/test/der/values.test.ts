import { describe, expect, test } from 'vitest'
import { decodeOid, DerReader } from '../../src/der/index.ts'
import { expectCode } from '../expect-code.ts'
import { element, oid, text } from './encode.ts'

describe('object identifiers', () => {
  test.each([
    '0.0',
    '0.39',
    '1.2.840.113549.1.1.11',
    '1.39.5',
    '2.5.29.15',
    '2.16.840.1.101.3.4.3.18',
    '2.999.3',
    '1.3.6.1.4.1.9007199254740991',
  ])('%s', (dotted) => {
    expect(new DerReader(oid(dotted)).readOid()).toBe(dotted)
  })

  test('arcs of a UUID, which no number holds', () => {
    const wide = Buffer.from('83f09da7ebcfdee0c7a1a7b2c0948cc8f9d776', 'hex')
    expect(decodeOid(Uint8Array.from([0x69, ...wide]))).toBe('2.25.329800735698586629295641978511506172918')
    expect(decodeOid(wide)).toBe('2.329800735698586629295641978511506172838')
  })

  test.each([
    [[]],
    [[0x2a, 0x86]],
    [[0x2a, 0x80, 0x01]],
    [[0x80, 0x01]],
    [[0x2a, ...Array<number>(10).fill(0xff)]],
    [[0x2a, ...Array<number>(63).fill(0xff), 0x7f]],
    [Array<number>(65).fill(0x2a)],
  ])('octets %j are refused', (octets) => {
    expectCode('DER_VALUE', () => decodeOid(Uint8Array.from(octets)))
  })
})

describe('times', () => {
  const utc = (value: string): number => new DerReader(text(value, 0x17)).readTime()
  const generalized = (value: string): number => new DerReader(text(value, 0x18)).readTime()

  test('two-digit years are of 1950 to 2049', () => {
    expect(utc('491231235959Z')).toBe(Date.UTC(2049, 11, 31, 23, 59, 59))
    expect(utc('500101000000Z')).toBe(Date.UTC(1950, 0, 1))
    expect(utc('700101000000Z')).toBe(0)
    expect(utc('240229000000Z')).toBe(Date.UTC(2024, 1, 29))
  })

  test('four-digit years are read unchanged', () => {
    expect(generalized('99991231235959Z')).toBe(Date.UTC(9999, 11, 31, 23, 59, 59))
    expect(generalized('20500101000000Z')).toBe(Date.UTC(2050, 0, 1))
    expect(generalized('20200101000000.25Z')).toBe(Date.UTC(2020, 0, 1) + 250)
    expect(new Date(generalized('00010101000000Z')).getUTCFullYear()).toBe(1)
  })

  test.each([
    '2401010000Z',
    '240101000000',
    '240101000000+0100',
    '241301000000Z',
    '240230000000Z',
    '240100000000Z',
    '240101240000Z',
    '240101006000Z',
    '240101000060Z',
    '24010100000aZ',
    '240101000000Z ',
  ])('UTCTime %s is refused', (value) => {
    expectCode('DER_VALUE', () => utc(value))
  })

  test.each([
    '20240101000000',
    '20240101000000.0Z',
    '20240101000000.10Z',
    '20240101000000.Z',
    '202401010000Z',
    '20230229000000Z',
    '240101000000Z',
  ])('GeneralizedTime %s is refused', (value) => {
    expectCode('DER_VALUE', () => generalized(value))
  })

  test('a time is ASCII', () => {
    expectCode('DER_VALUE', () => new DerReader(element(0x17, Buffer.from('24010100000\u0660Z'))).readTime())
  })
})

describe('strings', () => {
  const read = (tag: number, content: Buffer): string => new DerReader(element(tag, content)).readString()

  test('each type is decoded in its own way', () => {
    expect(read(0x0c, Buffer.from('é€', 'utf8'))).toBe('é€')
    for (const tag of [0x12, 0x13, 0x16, 0x1a]) expect(read(tag, Buffer.from('A@*1'))).toBe('A@*1')
    expect(read(0x14, Buffer.from('é', 'latin1'))).toBe('é')
    expect(read(0x1e, Buffer.from([0x20, 0xac, 0, 0x41]))).toBe('€A')
    expect(read(0x1c, Buffer.from([0, 1, 0xf6, 0]))).toBe('\u{1f600}')
  })

  test('octets that are no text of the type are refused', () => {
    expectCode('DER_VALUE', () => read(0x0c, Buffer.from([0xc3, 0x28])))
    for (const tag of [0x12, 0x13, 0x16, 0x1a]) expectCode('DER_VALUE', () => read(tag, Buffer.from([0x80])))
    expectCode('DER_VALUE', () => read(0x1e, Buffer.from([0, 0x41, 0])))
    expectCode('DER_VALUE', () => read(0x1c, Buffer.from([0, 0x11, 0, 0])))
  })
})
