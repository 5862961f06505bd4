import { buildBinary } from 'plist'
import { describe, expect, it } from 'vitest'
import { parsePlist } from '../../../src/ipa/plist/parse-plist.ts'
import { PlistError } from '../../../src/ipa/plist/plist-value.ts'

describe('a property list in either form', () => {
  it('is read by its first bytes', () => {
    const expected = new Map([['a', 'b']])
    const xml = '<plist><dict><key>a</key><string>b</string></dict></plist>'
    expect(parsePlist(Buffer.from(buildBinary({ a: 'b' })))).toEqual(expected)
    expect(parsePlist(Buffer.from(xml))).toEqual(expected)
    expect(parsePlist(Buffer.from(`\ufeff${xml}`))).toEqual(expected)
  })

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['a binary array', Buffer.from(buildBinary(['a']))],
    ['an XML array', Buffer.from('<plist><array/></plist>')],
    ['the old text form', Buffer.from('{ CFBundleIdentifier = "com.example.app"; }')],
    ['JSON', Buffer.from('{"CFBundleIdentifier":"com.example.app"}')],
    ['text that is not UTF-8', Buffer.from('<plist><dict/></plist>\xff', 'latin1')],
    ['UTF-16', Buffer.from('\ufeff<plist><dict/></plist>', 'utf16le')],
    ['another version of the binary form', Buffer.from('bplist15')],
  ])('is not %s', (_, bytes) => {
    expect(() => parsePlist(bytes)).toThrow(PlistError)
  })
})
