import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const folder = path.resolve(import.meta.dirname, '..')
const root = path.resolve(folder, '../../..')

const isPodspec = (name: string) => name.endsWith('.podspec')
const nameIn = (file: string) => /s\.name = '([^']+)'/.exec(readFileSync(file, 'utf8'))?.[1]

describe('the pods', () => {
  // Autolinking tells CocoaPods the name and the folder of a pod, and CocoaPods opens NAME.podspec there.
  it.each([
    [folder, ['AssayReactNative.podspec']],
    [root, ['Assay.podspec', 'AssayCore.podspec']],
  ])('in %s are in files of their names', (where, files) => {
    expect(readdirSync(where).filter(isPodspec).sort()).toEqual(files)
    for (const file of files) expect(`${nameIn(path.join(where, file))}.podspec`).toBe(file)
  })

  it('of the package is published with it, and its dependencies are of its version', () => {
    const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
    const { files, version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
      files: string[]
      version: string
    }
    expect(files).toContain('AssayReactNative.podspec')
    for (const file of ['Assay.podspec', 'AssayCore.podspec'])
      expect(read(file)).toContain(`s.version = '${version}'`)
  })

  // Only an IPA of an app for iPhone or iPad can be registered: what is built for another platform has no build.
  it('are for iOS alone, and the Swift package names macOS for tests on a Mac', () => {
    const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
    for (const file of [
      'Assay.podspec',
      'AssayCore.podspec',
      path.join('packages/attester/react-native', 'AssayReactNative.podspec'),
    ])
      expect([...read(file).matchAll(/s\.(\w+)\.deployment_target/g)].map(([, os]) => os)).toEqual(['ios'])
    expect(/platforms: \[([^\]]*)\]/.exec(read('Package.swift'))?.[1]).toBe('.iOS(.v15), .macOS(.v12)')
  })
})
