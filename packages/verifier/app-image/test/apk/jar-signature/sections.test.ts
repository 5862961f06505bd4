import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attributeOf, parseJarSections } from '../../../src/apk/jar-signature/sections.ts'

const parse = (text: string) => parseJarSections(Buffer.from(text, 'utf8'))

describe('lines', () => {
  test.each([
    ['CR LF', '\r\n'],
    ['LF', '\n'],
    ['CR', '\r'],
  ])('end with %s', (_, end) => {
    const text = ['A: 1', 'B: 2', '', 'Name: x', 'C: 3', '', ''].join(end)
    const { main, individual } = parse(text)
    expect(main && [attributeOf(main, 'a'), attributeOf(main, 'b')]).toEqual(['1', '2'])
    expect(individual).toMatchObject([{ name: 'x', lines: ['Name: x', 'C: 3'] }])
  })

  test('are continued by a space, at any length and inside a character', () => {
    const euro = Buffer.from('Name: a€b')
    const folded = Buffer.concat([
      Buffer.from('M: 1\n\n'),
      euro.subarray(0, 8),
      Buffer.from('\r\n '),
      euro.subarray(8),
      Buffer.from('\n c\n'),
    ])
    expect(parseJarSections(folded).individual[0]?.name).toBe('a€bc')
  })

  test('that begin a section with a space are separate attributes', () => {
    expect(parse('A: 1\n\n Name: x\n').individual).toMatchObject([{ name: undefined, lines: [' Name: x'] }])
  })
})

describe('sections', () => {
  test('reach from their first line to the empty line after them', () => {
    const text = '\n\nA: 1\r\n\r\n\r\nName: x\nB: 2\n\nName: y'
    const { main, individual } = parse(text)
    const cut = [main!, ...individual].map(({ start, end }) => text.slice(start, end))
    expect(cut).toEqual(['A: 1\r\n\r\n', 'Name: x\nB: 2\n\n', 'Name: y'])
  })

  test('are none in an empty file', () => {
    for (const text of ['', '\n', '\r\n\r\n\r'])
      expect(parse(text)).toEqual({ main: undefined, individual: [] })
  })

  test('are named by a first attribute Name, in any case', () => {
    const names = parse(
      'M: 1\n\nname: a\n\nNAME: b\n\nX: 1\nName: c\n\nName : d\n\nName:e\n\nName: \n',
    ).individual
    expect(names.map(({ name }) => name)).toEqual(['a', 'b', undefined, undefined, undefined, ''])
  })
})

describe('attributes', () => {
  test('are found in any case; the first one counts', () => {
    const { main } = parse('sHa1-DIGEST: a\nSHA1-Digest: b\n')
    expect(attributeOf(main!, 'sha1-digest')).toBe('a')
    expect(attributeOf(main!, 'sha1-diges')).toBeUndefined()
  })

  test('keep their spaces, and have none without a delimiter', () => {
    const { main } = parse('A :  x \nB:y\nC\nD: a: b\n')
    expect(attributeOf(main!, 'a ')).toBe(' x ')
    expect(attributeOf(main!, 'b:y')).toBe('')
    expect(attributeOf(main!, 'c')).toBe('')
    expect(attributeOf(main!, 'd')).toBe('a: b')
  })
})

test('sections never overlap, and cover all but empty lines', () => {
  const text = fc.string({ unit: fc.constantFrom('\r', '\n', ' ', 'a', ': ', 'Name'), maxLength: 60 })
  fc.assert(
    fc.property(text, (file) => {
      const { main, individual } = parse(file)
      let at = 0
      for (const { start, end } of main === undefined ? [] : [main, ...individual]) {
        expect(file.slice(at, start).replaceAll(/[\r\n]/g, '')).toBe('')
        expect(end).toBeGreaterThan(start)
        at = end
      }
      expect(file.slice(at).replaceAll(/[\r\n]/g, '')).toBe('')
    }),
  )
})
