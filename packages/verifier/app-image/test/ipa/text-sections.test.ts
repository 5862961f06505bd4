import { describe, expect, it } from 'vitest'
import { textSections } from '../../src/ipa/text-sections.ts'
import { expectRefusal } from '../expect-refusal.ts'
import { segmentCommand, type SectionTemplate, type SegmentTemplate } from '../mach-o/write-text.ts'

const two: SectionTemplate[] = [
  { name: '__text', offset: 0x4000, length: 0x100 },
  { name: '__cstring', offset: 0x4100, length: 0x20 },
]
const read = (template: SegmentTemplate, { from = 0x1000, to = 0x8000, littleEndian = true } = {}) =>
  textSections({ commands: [segmentCommand({ littleEndian, ...template })], littleEndian, from, to })

describe('textSections', () => {
  it('returns the sections of __TEXT in the order of the file, in either byte order', () => {
    expect(read({ sections: two })).toEqual(two)
    expect(read({ sections: two.toReversed(), littleEndian: false }, { littleEndian: false })).toEqual(two)
    expect(read({ sections: [...two, { name: '__empty', offset: 0, length: 0 }] })).toEqual(two)
  })

  it('returns no sections if there is no such segment', () => {
    expect(read({ name: '__DATA', sections: two })).toEqual([])
    expect(textSections({ commands: [Buffer.alloc(8)], littleEndian: true, from: 0, to: 10 })).toEqual([])
  })

  it('refuses two segments of that name', async () => {
    const command = segmentCommand({ sections: two })
    const commands = [command, command]
    await expectRefusal('MACHO_MALFORMED', () =>
      textSections({ commands, littleEndian: true, from: 0, to: 0x8000 }),
    )
  })

  it.each<[string, SegmentTemplate]>([
    ['more sections than the command holds', { sections: two, count: 3 }],
    ['fewer', { sections: two, count: 1 }],
    ['so many that a count would overflow', { sections: two, count: 0xffffffff }],
    ['a section before its segment', { sections: two, offset: 0x4080, address: 0x4080 }],
    ['one that ends behind it', { sections: two, length: 0x410f }],
    ['one that lies elsewhere in memory', { sections: [{ ...two[0]!, address: 0x5000 }] }],
    [
      'one longer than any file',
      { sections: [{ name: '__text', offset: 0x4000, length: 2 ** 63 }], length: 2 ** 63 },
    ],
    ['sections that share bytes', { sections: [two[0]!, { name: '__x', offset: 0x40ff, length: 2 }] }],
    ['two of one name', { sections: [two[0]!, { ...two[1]!, name: '__text' }] }],
    ['one without name', { sections: [{ ...two[0]!, name: '' }] }],
    ['a name that is not ASCII', { sections: [{ ...two[0]!, name: 'caf\xe9' }] }],
    ['one that is filled with zeros', { sections: [{ ...two[0]!, type: 1 }] }],
    ['one with relocations', { sections: [{ ...two[0]!, relocations: 1 }] }],
  ])('refuses %s', async (_what, template) => {
    await expectRefusal('MACHO_MALFORMED', () => read(template))
  })

  it('refuses a section in the load commands or beyond the slice', async () => {
    await expectRefusal('MACHO_MALFORMED', () => read({ sections: two }, { from: 0x4001 }))
    await expectRefusal('MACHO_MALFORMED', () => read({ sections: two }, { to: 0x411f }))
    expect(read({ sections: two }, { from: 0x4000, to: 0x4120 })).toEqual(two)
  })

  it('refuses a segment that is cut short', async () => {
    const commands = [segmentCommand({ sections: [] }).subarray(0, 60)]
    await expectRefusal('MACHO_MALFORMED', () =>
      textSections({ commands, littleEndian: true, from: 0, to: 0x8000 }),
    )
  })
})
