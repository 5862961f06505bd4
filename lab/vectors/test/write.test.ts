import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { createNodeCrypto } from '@assay/guard/node'
import { expect, it } from 'vitest'
import { vectorFolder } from '../src/wire/vector-file/vector-file.ts'
import { writtenFiles } from '../src/write.ts'

// Requests by node:crypto, so that the two implementations of the guard agree about every case.
it.each(writtenFiles.map(({ file, text }) => [path.basename(file), file, text] as const))(
  '%s is current: run `npm run wire -- write`',
  async (_name, file, text) => {
    expect(readFileSync(file, 'utf8') === (await text(createNodeCrypto()))).toBe(true)
  },
)

/** Written by hand. */
const byHand = ['networks/addresses.json']

it('has no vectors besides those written by hand', () => {
  const files = readdirSync(vectorFolder, { recursive: true, encoding: 'utf8' })
  const written = writtenFiles.map(({ file }) => path.relative(vectorFolder, file))
  expect(files.filter((file) => /\.(?:json|lua)$/.test(file)).sort()).toEqual(
    [...byHand, ...written.filter((file) => !file.startsWith('..'))].sort(),
  )
})
