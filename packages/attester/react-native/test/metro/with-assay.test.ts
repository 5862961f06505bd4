import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { runInThisContext } from 'node:vm'
import { withAssay } from '@assay/react-native/metro'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { buildOfBundle } from '../../src/assay/build-id.ts'

const projectRoot = mkdtempSync(path.join(os.tmpdir(), 'assay-metro-'))
afterAll(() => rmSync(projectRoot, { recursive: true, force: true }))

interface Serializer {
  readonly getPolyfills: (how: object) => readonly string[]
}

const polyfillsOf = (config: object) =>
  (config as { serializer: Serializer }).serializer.getPolyfills({ platform: 'ios' })

describe('withAssay', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
    globalThis.__ASSAY_BUILD__ = undefined
  })

  it('adds a script before all modules, which tells the build to the SDK', () => {
    const config = { projectRoot, serializer: { getPolyfills: () => ['first.js'], other: 1 } }
    const made = withAssay(config, { build: '2.4.0+17.r2' })
    const [first, own = ''] = polyfillsOf(made)
    expect(first).toBe('first.js')
    expect(made.serializer.other).toBe(1)
    expect(path.dirname(own).startsWith(projectRoot)).toBe(true)
    runInThisContext(readFileSync(own, 'utf8'))
    expect(buildOfBundle()).toBe('2.4.0+17.r2')
  })

  it('takes the id of the environment', () => {
    vi.stubEnv('ASSAY_BUILD', '7')
    expect(readFileSync(polyfillsOf(withAssay({ projectRoot }))[0] ?? '', 'utf8')).toContain(
      '"assay:build:7;"',
    )
  })

  it('leaves a configuration alone that is given none', () => {
    vi.stubEnv('ASSAY_BUILD', undefined)
    const config = { projectRoot }
    expect(withAssay(config)).toBe(config)
  })

  it.each(['', '-1', 'a b', 'a;', 'ä', 'x'.repeat(129)])(
    'refuses an id that no build can have: %j',
    (build) => {
      expect(() => withAssay({ projectRoot }, { build })).toThrow(TypeError)
    },
  )
})

describe('buildOfBundle', () => {
  it.each([undefined, '', '1', 'assay:build:;', 'assay:build:a b;', 'assay:build:1;2'])(
    'is not told by %j',
    (text) => {
      globalThis.__ASSAY_BUILD__ = text
      expect(buildOfBundle()).toBeUndefined()
      globalThis.__ASSAY_BUILD__ = undefined
    },
  )
})
