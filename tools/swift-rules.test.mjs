import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkSwiftRules, seenOnMacs, undocumented } from './swift-rules.mjs'

const root = path.resolve(import.meta.dirname, '..')
const sources = 'packages/attester/ios/Sources'

/** Applies the rules to the sources with one file changed. */
function withFile(name, change) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-swift-'))
  try {
    cpSync(path.join(root, sources), path.join(folder, sources), { recursive: true })
    const file = path.join(folder, sources, name)
    writeFileSync(file, change(readFileSync(file, 'utf8')))
    return checkSwiftRules(folder).found
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe('the rules for the Swift sources', () => {
  it('are kept', () => {
    const { found, files } = checkSwiftRules(root)
    expect(found).toEqual([])
    // A check of a folder that was moved must fail.
    expect(files).toBeGreaterThan(45)
  })

  it.each([
    ['import CryptoKit', 'imports CryptoKit'],
    ['import Foundation', 'imports Foundation'],
    ['@preconcurrency import DeviceCheck', 'imports DeviceCheck'],
    ['internal import struct Security.SecKey', 'imports Security'],
    ['#if canImport(UIKit)', 'asks for a module'],
  ])('the core may not say "%s"', (line, fault) => {
    const found = withFile('AssayCore/Client.swift', (text) => `${line}\n${text}`)
    expect(found).toEqual([`AssayCore/Client.swift:1 ${fault}`])
  })

  it('refuse other modules in the platform files', () => {
    const found = withFile('Assay/Keychain.swift', (text) => `import UIKit\n${text}`)
    expect(found).toEqual(['Assay/Keychain.swift:1 imports UIKit'])
  })

  it('refuse a long platform file', () => {
    const found = withFile('Assay/Keychain.swift', (text) => text + '// and more\n'.repeat(150))
    expect(found).toEqual(['Assay/Keychain.swift has more than 150 lines'])
  })

  it('refuse a public declaration without a comment', () => {
    const found = withFile('AssayCore/Client.swift', (text) => `public struct Bare {}\n${text}`)
    expect(found).toEqual(['AssayCore/Client.swift:1 has no comment: public struct Bare {}'])
  })

  it.each([
    ['public protocol P {\n  func a()\n}', [1, 2]],
    ['/// An enum.\npublic enum E {\n  case a\n  /// B.\n  case b\n}\nfunc c() {}', [3]],
    ['/// A.\n@inline(never) public static func a() {}', []],
    [
      'public final class C {\n  public private(set) var a = 1\n  public nonisolated init() {}\n  let b = 1\n}',
      [1, 2, 3],
    ],
    ['struct S {\n  public func known() {}\n}', []],
  ])('of %j has none: %j', (text, wanted) => {
    expect(undocumented(text, new Set(['known'])).map(([line]) => line)).toEqual(wanted)
  })

  it('refuse stand-ins that a Mac would see', () => {
    const manifest = readFileSync(path.join(root, 'Package.swift'), 'utf8')
    expect(manifest.match(/\/Stubs\//g)?.length).toBeGreaterThanOrEqual(6)
    expect(seenOnMacs(manifest)).toEqual([])
    const uncovered = manifest.replace('#if os(Linux)', '#if true')
    expect(seenOnMacs(uncovered).length).toBeGreaterThanOrEqual(6)
  })

  it.each([
    ['AssayInterceptor.swift', 'struct AssayInterceptor'],
    ['BackgroundTransfers.swift', 'final class BackgroundTransfers'],
    ['WebViewBridge.swift', '/// Hands token and proof', 'web-views.md'],
  ])('the recipe of the guide is the file that the compiler looks at: %s', (name, begin, page = 'ios.md') => {
    const guide = readFileSync(path.join(root, 'docs/guides', page), 'utf8')
    const file = readFileSync(path.join(root, 'examples/ios', name), 'utf8')
    expect(guide).toContain('```swift\n' + file.slice(file.indexOf(begin)) + '```')
  })
})
