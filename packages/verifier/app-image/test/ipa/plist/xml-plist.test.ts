import fc from 'fast-check'
import { build } from 'plist'
import { describe, expect, it } from 'vitest'
import { PlistError, unread } from '../../../src/ipa/plist/plist-value.ts'
import { parseXmlPlist } from '../../../src/ipa/plist/xml-plist.ts'
import { readBack, writtenDicts } from './plist-values.ts'

const plist = (content: string): string => `<plist version="1.0">${content}</plist>`

describe('a property list in XML', () => {
  it('is read as another writer meant it', () => {
    fc.assert(
      fc.property(writtenDicts, (written) => {
        expect(parseXmlPlist(build(written))).toEqual(readBack(written))
      }),
    )
  })

  it.each<[string, string, unknown]>([
    ['a string', '<string>a b</string>', 'a b'],
    ['a string with predefined entities', '<string>&lt;&amp;&#x61;</string>', '<&a'],
    ['a string in CDATA', '<string>a<![CDATA[<b>]]></string>', 'a<b>'],
    ['a string with a comment in it', '<string>a<!-- b -->c</string>', 'ac'],
    ['an empty string', '<string/>', ''],
    ['an empty key', '<dict><key/><true/></dict>', new Map([['', true]])],
    ['numbers and dates', '<array><integer>1</integer><real/><date/></array>', Array(3).fill(unread)],
    ['data', '<array><data>\n\tAA\n\tE=\n</data><data/></array>', [Buffer.from([0, 1]), Buffer.alloc(0)]],
    ['white space around values', '\n\t<array>\r\n <false/> </array> ', [false]],
    [
      'a key named like a property',
      '<dict><key>__proto__</key><true/></dict>',
      new Map([['__proto__', true]]),
    ],
  ])('reads %s', (_, content, value) => {
    expect(parseXmlPlist(plist(content))).toEqual(value)
  })

  it("reads Apple's declaration, and one in lower case", () => {
    const doctype =
      '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">'
    for (const encoding of ['UTF-8', 'utf-8']) {
      const declared = `<?xml version="1.0" encoding="${encoding}"?>\n${doctype}\n${plist('<true/>')}\n`
      expect(parseXmlPlist(declared)).toBe(true)
    }
    expect(parseXmlPlist(`<?xml version="1.0"?>${plist('<true/>')}`)).toBe(true)
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['no value', plist('')],
    ['two values', plist('<true/><true/>')],
    ['another root', '<dict/>'],
    ['two roots', `${plist('<true/>')}${plist('<true/>')}`],
    ['text after the root', `${plist('<true/>')}a`],
    ['text beside a value', plist('a<true/>')],
    ['text in an array', plist('<array>a</array>')],
    ['text in a dictionary', plist('<dict>a</dict>')],
    ['text in CDATA in an array', plist('<array><![CDATA[a]]></array>')],
    ['a truth value with text', plist('<true>no</true>')],
    ['an element of another type', plist('<null/>')],
    ['a property list in another', plist(plist('<true/>'))],
    ['data that is not Base64', plist('<data>AA=A</data>')],
    ['data that ends early', plist('<data>AAA</data>')],
    ['names in upper case', plist('<TRUE/>')],
    ['a value in a string', plist('<string>a<true/></string>')],
    ['a key outside of a dictionary', plist('<array><key>a</key></array>')],
    ['a key as the value', plist('<key>a</key>')],
    ['a value without a key', plist('<dict><true/></dict>')],
    ['a key without a value', plist('<dict><key>a</key></dict>')],
    ['two keys in a row', plist('<dict><key>a</key><key>b</key></dict>')],
    ['two values in a row', plist('<dict><key>a</key><true/><true/></dict>')],
    ['a key twice', plist('<dict><key>a</key><true/><key>a</key><true/></dict>')],
    ['a key twice, once by an entity', plist('<dict><key>a</key><true/><key>&#97;</key><true/></dict>')],
    ['an element that is not closed', plist('<array>')],
    ['elements that are not nested', plist('<array><dict></array></dict>')],
    ['a file that ends early', '<plist><string>a'],
    ['an entity that is not declared', plist('<string>&a;</string>')],
    ['another encoding', `<?xml version="1.0" encoding="UTF-16"?>${plist('<true/>')}`],
    ['an attribute twice', '<plist a="1" a="1"><true/></plist>'],
    ['a character that XML does not have', plist('<string>\x01</string>')],
  ])('refuses %s', (_, text) => {
    expect(() => parseXmlPlist(text)).toThrow(PlistError)
  })

  it('refuses entities that blow a document up, and ones that lead out of it', () => {
    const levels = Array.from({ length: 20 }, (_, i) => `<!ENTITY e${i + 1} "&e${i};&e${i};&e${i};">`)
    const bomb = `<!DOCTYPE plist [<!ENTITY e0 "a">${levels.join('')}]>${plist('<string>&e20;</string>')}`
    expect(() => parseXmlPlist(bomb)).toThrow(/declares entities/)
    const outside = `<!DOCTYPE plist [<!ENTITY a SYSTEM "file:///etc/passwd">]>${plist('<string>&a;</string>')}`
    expect(() => parseXmlPlist(outside)).toThrow(/declares entities/)
    const parameter = `<!DOCTYPE plist [<!ENTITY % a SYSTEM "http://127.0.0.1/"> %a;]>${plist('<true/>')}`
    expect(() => parseXmlPlist(parameter)).toThrow(/declares entities/)
  })

  it('reads 32 arrays in each other, and refuses more, however many', () => {
    const nested = (depth: number) => plist(`${'<array>'.repeat(depth)}<true/>${'</array>'.repeat(depth)}`)
    expect(JSON.stringify(parseXmlPlist(nested(32)))).toBe(`${'['.repeat(32)}true${']'.repeat(32)}`)
    expect(() => parseXmlPlist(nested(33))).toThrow(/too deep/)
    expect(() => parseXmlPlist(nested(50_000))).toThrow(/too deep/)
    expect(() => parseXmlPlist(`<plist>${'<array>'.repeat(100_000)}`)).toThrow(/too deep/)
  })

  it('is refused as malformed, or read, whatever its text is', () => {
    const pieces = fc.constantFrom(
      ...['<plist>', '</plist>', '<dict>', '</dict>', '<array>', '</array>', '<key>a</key>', '<key>b</key>'],
      ...['<true/>', '<string>', '</string>', '<data>AA</data>', 'a', ' ', '&', '&amp;', '<', '>', ']]>'],
      ...['<!--', '-->', '<![CDATA[', '<?xml version="1.0"?>', '<!DOCTYPE plist>', '\0', '\ud800'],
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), fc.boolean(), (parts, wrapped) => {
        try {
          parseXmlPlist(wrapped ? plist(`<dict>${parts.join('')}</dict>`) : parts.join(''))
        } catch (error) {
          expect(error).toBeInstanceOf(PlistError)
        }
      }),
    )
  })
})
