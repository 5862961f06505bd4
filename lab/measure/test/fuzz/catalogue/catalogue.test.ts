import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { catalogue } from '../../../src/fuzz/catalogue/catalogue.ts'

const root = path.resolve(import.meta.dirname, '../../../../..')

it.each(catalogue.map(({ name, files }) => [name, files] as const))(
  'the target %s measures files that exist: a file that moved would be measured no longer',
  (_name, files) => {
    const missing = files
      .map((file) => file.replace('/dist/', '/src/').replace(/\.js$/, '.ts'))
      .filter((file) => !existsSync(path.join(root, file)))
    expect(missing).toEqual([])
  },
)
