import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

interface Manifest {
  readonly main?: string
  readonly types?: string
  readonly files: readonly string[]
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>
}

const folder = path.resolve(import.meta.dirname, '..')
const manifestIn = (name: string) =>
  JSON.parse(readFileSync(path.join(folder, name, 'package.json'), 'utf8')) as Manifest

// Metro of React Native 0.76 to 0.78 does not read `exports`: it takes a name for a folder with a `main`.
describe('what apps import', () => {
  const { exports, files } = manifestIn('.')

  it.each(['.', './axios', './apollo'])('is the same file without `exports`: %s', (name) => {
    const { main, types } = manifestIn(name)
    const at = (file: string | undefined) => path.join(name, file ?? 'index.js')
    expect([at(main), at(types)]).toEqual(
      [exports[name]?.default, exports[name]?.types].map((file) => path.normalize(file ?? '')),
    )
    if (name !== '.') expect(files).toContain(path.normalize(name))
  })
})
