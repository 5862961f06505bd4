import fc from 'fast-check'
import { build, type PlistValue } from 'plist'
import { describe, expect, it } from 'vitest'
import { AppImageError } from '../../../src/index.ts'
import { parseCodeResources } from '../../../src/ipa/seal/code-resources.ts'

const parse = (files2: PlistValue) => parseCodeResources(Buffer.from(build({ files2 })))
const hash2 = Buffer.alloc(32, 1)
const cdhash = Buffer.alloc(20, 2)

describe('a list of resources', () => {
  it('names files, links and code', () => {
    const sealed = parse({
      a: { hash2, hash: Buffer.alloc(20) },
      b: { symlink: 'a', optional: true },
      c: { cdhash, requirement: 'x' },
    })
    expect(sealed).toEqual(
      new Map<string, object>([
        ['a', { kind: 'file', sha256: hash2, isOptional: false }],
        ['b', { kind: 'link', target: 'a', isOptional: true }],
        ['c', { kind: 'code', cdHash: cdhash, isOptional: false }],
      ]),
    )
  })

  it.each<[string, PlistValue]>([
    ['is no dictionary', []],
    ['names a file with a text', { a: 'b' }],
    ['names a file with nothing', { a: {} }],
    ['names a file with a hash that is cut', { a: { hash2: Buffer.alloc(31) } }],
    ['names a file with a hash that is a text', { a: { hash2: 'a' } }],
    ['names code with a hash that is too long', { a: { cdhash: Buffer.alloc(32) } }],
    ['names a link without a text', { a: { symlink: hash2 } }],
    ['names a file with two things', { a: { hash2, cdhash } }],
    ['names a file that may or may not be optional', { a: { hash2, optional: 'yes' } }],
    ['names a file twice', { 'Cafe\u0301': { hash2 }, 'Caf\u00e9': { hash2 } }],
  ])('that %s is malformed', (_, files2) => {
    expect(() => parse(files2)).toThrow(expect.objectContaining({ code: 'IPA_RESOURCES_MALFORMED' }))
  })

  it('that is not a property list is malformed', () => {
    for (const content of ['', '<plist>', 'bplist00'])
      expect(() => parseCodeResources(Buffer.from(content))).toThrow(
        expect.objectContaining({ code: 'IPA_RESOURCES_MALFORMED' }),
      )
  })

  it('is read, or refused as malformed, whatever it says', () => {
    const value = fc.oneof(
      fc.record(
        {
          hash2: fc.uint8Array({ minLength: 31, maxLength: 32 }),
          cdhash: fc.uint8Array({ minLength: 20, maxLength: 20 }),
          symlink: fc.constant('a'),
          hash: fc.uint8Array({ maxLength: 20 }),
          optional: fc.oneof(fc.boolean(), fc.constant(1)),
        },
        { requiredKeys: [] },
      ),
      fc.uint8Array({ maxLength: 20 }),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c/d'), value), (files2) => {
        try {
          expect(parse(files2)?.size).not.toBe(-1)
        } catch (error) {
          expect(error).toBeInstanceOf(AppImageError)
        }
      }),
    )
  })
})
