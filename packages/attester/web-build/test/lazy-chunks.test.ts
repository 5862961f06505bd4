import { expect, it } from 'vitest'
import { lazyChunks } from '../src/lazy-chunks.ts'

const chunk = (fileName: string, isEntry: boolean, ...imports: string[]) =>
  ({ type: 'chunk', fileName, isEntry, imports }) as const

it('finds the chunks that no entry imports, itself or through others', () => {
  const bundle = {
    a: chunk('main.js', true, 'vendor.js', 'external'),
    b: chunk('vendor.js', false, 'shared.js'),
    c: chunk('shared.js', false, 'vendor.js'),
    d: chunk('lazy.js', false, 'shared.js', 'of-lazy.js'),
    e: chunk('of-lazy.js', false),
    f: { type: 'asset' } as const,
  }
  expect(lazyChunks(bundle)).toEqual(['lazy.js', 'of-lazy.js'])
})
