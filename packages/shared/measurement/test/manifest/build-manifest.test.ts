import { describe, expect, it } from 'vitest'
import {
  buildManifest,
  coreFunctions,
  encodeManifest,
  liveFunctions,
  markLive,
  parseManifest,
  showFunctions,
  sliceDigests,
  type SdkManifest,
} from '../../src/index.ts'
import { nodeCrypto } from '../../src/node-crypto.ts'
import { codeOf, hex } from '../exchange.ts'
import { counting, imageOf } from '../synthetic-image.ts'

const bytes = (text: string) => new Uint8Array(Buffer.from(text))
const description = {
  sdk: 'client/1.0.0',
  code: 'script' as const,
  exercises: ['plan.1'],
  probes: ['js.natives'],
}
const manifestOf = (text: string, functions: string[]) =>
  buildManifest([{ segment: 'app.js', bytes: bytes(text) }], { ...description, functions })
const found = (text: string): string => {
  const { offset, length } = manifestOf(text, ['f']).functions.f as { offset: number; length: number }
  return Buffer.from(bytes(text))
    .subarray(offset, offset + length)
    .toString()
}

describe('buildManifest', () => {
  it.each([
    ['a function', 'function(e,t){return e+t}'],
    ['a named function', 'function f(e){return e}'],
    ['an arrow function', '(e,t)=>{return e}'],
    ['an arrow function without brackets', 'e=>e+1'],
    ['an arrow function that gives an object', 'e=>({a:[e]})'],
    ['an async function', 'async function(e){await e}'],
    ['a generator', 'function*(e){yield e}'],
    ['brackets in text', 'function(){return "})]\\"}"+\'}\\\'\'}'],
    ['brackets in a template', 'function(a){return `}${a+`)${a}}`}{`+"`"}'],
    ['brackets in comments', 'function(){/* }) */return 1// }\n}'],
    ['brackets in a regular expression', 'function(a){if(a)return/[)}/]"\\//g.test(a);return a/2/1}'],
    ['a quotient that is no regular expression', 'function(a,b){return a[0]/b/(a)/2}'],
    ['text that is not ASCII', 'function(){return "\u00fc\u{1f600}"}'],
  ])('finds %s', (_name, text) => {
    for (const quote of ['"', "'", '`']) {
      const marked = `${quote}assay:live:f${quote}`
      expect(found(`"\u00fc";var a=x(${marked},${text});y()`)).toBe(text)
      expect(found(`var a = x(\n  ${marked},\n  ${text},\n)`)).toBe(text)
      expect(found(`var a=x(${marked} , ${text} /* end */ )`)).toBe(text)
    }
  })

  it('tells the segment, and what the SDK says of itself', () => {
    const scripts = [
      { segment: 'a.js', bytes: bytes('x()') },
      { segment: 'b.js', bytes: bytes('x("assay:live:f",function(){})') },
    ]
    expect(buildManifest(scripts, { ...description, functions: ['f'] })).toEqual({
      v: 1,
      sdk: 'client/1.0.0',
      functions: { f: { segment: 'b.js', offset: 17, length: 12 } },
      exercises: ['plan.1'],
      probes: ['js.natives'],
    })
  })

  it.each([
    ['no marker', 'x()', 'MANIFEST_MARKER'],
    ['the marker of another function', 'x("assay:live:g",function(){})', 'MANIFEST_MARKER'],
    ['a marker twice', 'x("assay:live:f",function(){});x("assay:live:f",function(){})', 'MANIFEST_MARKER'],
    ['a marker in a comment', '/* assay:live:f */', 'MANIFEST_MARKER'],
    ['too many markers', 'x("assay:live:f",e=>e);'.repeat(65), 'MANIFEST_MARKER'],
    ['a name in place of the function', 'x("assay:live:f",g)', 'MANIFEST_FUNCTION'],
    ['a call in place of the function', 'x("assay:live:f",r.mark(function(){}))', 'MANIFEST_FUNCTION'],
    ['a function that does not end', 'x("assay:live:f",function(){', 'MANIFEST_FUNCTION'],
    ['text that does not end', 'x("assay:live:f",function(){"})', 'MANIFEST_FUNCTION'],
    ['a template that does not end', 'x("assay:live:f",function(){`${})', 'MANIFEST_FUNCTION'],
    ['brackets that do not match', 'x("assay:live:f",function(){(]})', 'MANIFEST_FUNCTION'],
    [
      'a function of more than 64 KiB',
      `x("assay:live:f",function(){${' '.repeat(65_536)}})`,
      'MANIFEST_FUNCTION',
    ],
  ])('refuses %s', async (_name, text, code) => {
    expect(await codeOf(() => manifestOf(text, ['f']))).toBe(code)
  })
})

describe('markLive', () => {
  it('names the function, and changes nothing else of it', () => {
    const f = markLive('assay:live:some-name', (a: number, b: number) => a + b)
    expect(f(1, 2)).toBe(3)
    expect(Object.keys(liveFunctions(f))).toEqual(['some-name'])
  })

  it('is on functions of this package that guard something', () => {
    expect(Object.keys(coreFunctions)).toEqual([
      'parse-plan',
      'check-plan-fits',
      'conclusion',
      'fold-start',
      'source-of',
      'probe-answer',
    ])
  })
})

describe('the manifest', () => {
  const manifest: SdkManifest = {
    v: 1,
    sdk: description.sdk,
    exercises: description.exercises,
    probes: description.probes,
    functions: { f: { segment: 'b.js', offset: 17, length: 12 } },
  }

  it('is read as it was written', () => {
    expect(parseManifest(encodeManifest(manifest))).toEqual(manifest)
  })

  it.each<[string, unknown]>([
    ['no object', []],
    ['another version', { ...manifest, v: 2 }],
    ['a member besides', { ...manifest, x: 1 }],
    ['an SDK out of form', { ...manifest, sdk: 'x' }],
    ['functions in a list', { ...manifest, functions: [] }],
    ['a function name out of form', { ...manifest, functions: { 'A b': manifest.functions.f } }],
    ['a slice with a member besides', { ...manifest, functions: { f: { ...manifest.functions.f, x: 1 } } }],
    ['a negative offset', { ...manifest, functions: { f: { ...manifest.functions.f, offset: -1 } } }],
    ['half a length', { ...manifest, functions: { f: { ...manifest.functions.f, length: 0.5 } } }],
    ['no segment', { ...manifest, functions: { f: { ...manifest.functions.f, segment: '' } } }],
    ['a probe twice', { ...manifest, probes: ['a', 'a'] }],
    ['an exercise that is no text', { ...manifest, exercises: [1] }],
    ['more than 64 KiB', { ...manifest, sdk: 'x'.repeat(70_000) }],
  ])('is refused with %s', async (_name, value) => {
    expect(await codeOf(() => parseManifest(bytes(JSON.stringify(value))))).toBe('MANIFEST_MALFORMED')
  })

  it.each([new Uint8Array([0xff]), bytes('{'), bytes('{"v":1,"v":1}')])(
    'is refused unless it is strict JSON',
    async (text) => {
      expect(await codeOf(() => parseManifest(text))).toBe('MANIFEST_MALFORMED')
    },
  )

  it('gives the digests of the slices', async () => {
    const text = 'x("assay:live:f",e=>e+1)'
    const image = imageOf({ 'app.js': bytes(text) })
    const digests = await sliceDigests(manifestOf(text, ['f']), image, nodeCrypto)
    const expected = await nodeCrypto.sha256([bytes('e=>e+1')])
    expect(hex(digests.f as Uint8Array)).toBe(hex(expected))
  })

  it.each([
    ['a segment that is not there', { segment: 'c.js', offset: 0, length: 5 }],
    ['a place outside the segment', { segment: 'b.js', offset: 90, length: 11 }],
    ['no byte', { segment: 'b.js', offset: 0, length: 0 }],
    ['too many bytes', { segment: 'b.js', offset: 0, length: 65_537 }],
  ])('is refused with a slice of %s, before anything is read', async (_name, slice) => {
    const reader = counting(imageOf({ 'b.js': new Uint8Array(slice.length > 65_536 ? 70_000 : 100) }))
    const work = () => sliceDigests({ ...manifest, functions: { f: slice } }, reader, nodeCrypto)
    expect(await codeOf(work)).toBe('MANIFEST_SLICE')
    expect(reader.reads).toEqual([])
  })
})

describe('showFunctions', () => {
  it('gives the digest of the source as the engine shows it', async () => {
    const f = (a: number) => a + 1
    const shown = await showFunctions(['f'], { f }, nodeCrypto)
    expect(shown).toEqual({ f: await nodeCrypto.sha256([bytes(f.toString())]) })
  })
})
