import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkSwiftRules } from './swift-rules.mjs'

const root = path.resolve(import.meta.dirname, '..')
const sources = 'packages/attester/ios/Sources'

/** The rules, over the sources with one file changed. */
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
  it('hold', () => {
    const { found, files } = checkSwiftRules(root)
    expect(found).toEqual([])
    // A folder that was moved must not pass.
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

  it('the platform files name no other module', () => {
    const found = withFile('Assay/Keychain.swift', (text) => `import UIKit\n${text}`)
    expect(found).toEqual(['Assay/Keychain.swift:1 imports UIKit'])
  })

  it('a platform file stays short', () => {
    const found = withFile('Assay/Keychain.swift', (text) => text + '// and more\n'.repeat(150))
    expect(found).toEqual(['Assay/Keychain.swift has more than 150 lines'])
  })
})
