import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

interface Manifest {
  readonly main?: string
  readonly types?: string
  readonly files: readonly string[]
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>
}

const packages = path.resolve(import.meta.dirname, '../..')
const manifestIn = (name: string) =>
  JSON.parse(readFileSync(path.join(packages, name, 'package.json'), 'utf8')) as Manifest

// Metro of React Native 0.76 to 0.78 does not read `exports`: it takes a name for a folder with a `main`.
describe('what apps import', () => {
  it.each([
    ['react-native', '.'],
    ['react-native', './axios'],
    ['react-native', './apollo'],
    ['react-native', './remedy-texts'],
    ['client', './remedy-texts'],
  ])('is the same file without `exports`: %s, %s', (folder, name) => {
    const { exports, files } = manifestIn(folder)
    const { main, types } = manifestIn(path.join(folder, name))
    const at = (file: string | undefined) => path.join(name, file ?? 'index.js')
    expect([at(main), at(types)]).toEqual(
      [exports[name]?.default, exports[name]?.types].map((file) => path.normalize(file ?? '')),
    )
    if (name !== '.') expect(files).toContain(path.normalize(name))
  })
})
