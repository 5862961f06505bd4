import { coreFunctions, exercises, sdkDescriptions, sdkMarker } from '@assay/measurement'
import type { SegmentKind } from '@assay/protocol'
import { describe, expect, it } from 'vitest'
import { createSdkFinder } from '../../../../src/provisioning/builds/reading/sdk-finder.ts'

const known = Object.keys(sdkDescriptions)
  .filter((sdk) => sdk.startsWith('assay-js/'))
  .at(-1) as string
const marked = (names: readonly string[]) =>
  names.map((name) => `x("assay:live:${name}",function(a){return a})`).join(';')
const functions = marked(Object.keys(coreFunctions))
const whole = `var v="${known}";${functions}`

interface Given {
  text: string
  kind?: SegmentKind
  /** As declared; default: as it is. */
  length?: number
}

/** Each script in chunks of one buffer, as they are read. */
function find(...given: (Given | string)[]) {
  const finder = createSdkFinder()
  for (const [i, one] of given.entries()) {
    const {
      text,
      kind = 'script',
      length = text.length,
    }: Given = typeof one === 'string' ? { text: one } : one
    const writer = finder.writer({ name: `${i}.js`, kind, length })
    const chunk = Buffer.alloc(64 * 1024)
    for (let at = 0; at < text.length; at += chunk.length) {
      const bytes = chunk.write(text.slice(at, at + chunk.length), 'latin1')
      writer?.write(chunk.subarray(0, bytes))
    }
    writer?.end('')
  }
  return finder.found()
}

const listed = (found: ReturnType<typeof find>) => Object.keys(found?.manifest?.functions ?? {})

describe('the SDK in a build', () => {
  it('is found with its functions, in one script or in many', () => {
    for (const scripts of [[whole], ['y()', `const sdk = '${known}'`, functions, 'z()']]) {
      const found = find(...scripts)
      expect(found).toMatchObject({ sdk: known, manifest: { sdk: known, exercises: Object.keys(exercises) } })
      expect(listed(found)).toEqual(Object.keys(coreFunctions))
    }
  })

  it('is not found if nothing names it, or in compiled code without its marker', () => {
    expect(find('y()', functions, 'assay-js/', '"assay-js/x"', `assay-js/0.0.0 without quotes`)).toBeNull()
    expect(find({ text: whole, kind: 'native' }, { text: whole, kind: 'dex' })).toBeNull()
  })

  it('is the newest that this service knows, and a version that it does not know has no manifest', () => {
    expect(find(`"assay-js/99.0.0";${whole}`)?.sdk).toBe(known)
    expect(find(`"assay-js/99.0.0-rc.1";${functions}`)).toEqual({
      sdk: 'assay-js/99.0.0-rc.1',
      manifest: null,
    })
  })

  it.each([
    ['a function is missing', `"${known}";${marked(Object.keys(coreFunctions).slice(1))}`],
    ['a function is there twice', `${whole};${functions}`],
    ['a function is no function', `${whole};x("assay:live:f",g)`],
  ])('has no manifest when %s', (_what, script) => {
    expect(find(script)).toEqual({ sdk: known, manifest: null })
  })

  it('is found in Hermes bytecode, which shows no functions and carries out exercises', () => {
    const bytecode: Given = { text: `\x00abc${known}1st`, kind: 'hermes' }
    expect(find(bytecode)?.manifest).toMatchObject({ functions: {}, exercises: Object.keys(exercises) })
    expect(listed(find(bytecode, functions))).toEqual(Object.keys(coreFunctions))
  })

  it.each(['dex', 'native', 'text'] as const)('is found in compiled code by its marker: %s', (kind) => {
    const compiled = (text: string): Given => ({ text, kind })
    expect(find(compiled(`..${sdkMarker('assay-android/0.1.0')}..`))).toEqual({
      sdk: 'assay-android/0.1.0',
      manifest: {
        v: 1,
        sdk: 'assay-android/0.1.0',
        functions: {},
        exercises: ['refusal.1'],
        probes: sdkDescriptions['assay-android/0.1.0']?.probes,
      },
    })
    expect(find(compiled(sdkMarker('assay-ios/9.0.0')))).toEqual({ sdk: 'assay-ios/9.0.0', manifest: null })
    expect(find(compiled('assay:sdk:assay-android/0.1.0'))).toBeNull()
  })

  it.each([0, 1, 10, 34, 35, 60])(
    'is found where two chunks meet in its marker, after %i characters',
    (before) => {
      const text = '.'.repeat(64 * 1024 - before) + sdkMarker('assay-android/0.1.0')
      expect(find({ text, kind: 'dex' })?.sdk).toBe('assay-android/0.1.0')
    },
  )

  it('is the one in compiled code if scripts contain one too', () => {
    const native: Given = { text: sdkMarker('assay-android/0.1.0'), kind: 'dex' }
    expect(find(whole, native)?.sdk).toBe('assay-android/0.1.0')
  })

  it('is looked for in scripts of at most 16 MiB', () => {
    const mebibytes = 1024 * 1024
    expect(find({ text: whole, length: 16 * mebibytes })?.manifest).not.toBeNull()
    expect(find({ text: whole, length: 16 * mebibytes + 1 })).toBeNull()
  })

  it('has no manifest when more than 32 MiB of scripts hold markers', () => {
    const filled = (script: string) => script + ' '.repeat(11 * 1024 * 1024)
    expect(find(filled(whole), filled('"assay:live:f"'))?.manifest).not.toBeNull()
    expect(find(filled(whole), filled('"assay:live:f"'), filled('"assay:live:f"'))).toEqual({
      sdk: known,
      manifest: null,
    })
  })
})
