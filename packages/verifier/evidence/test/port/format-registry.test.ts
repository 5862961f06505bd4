import { expect, test } from 'vitest'
import { example } from '../../src/example/index.ts'
import { formatRegistry } from '../../src/index.ts'
import { software } from '../../src/software/index.ts'
import { codeOf } from '../codes.ts'

const named = (name: string) => ({ descriptor: { name, version: '1.0' as const } })

test('formats are found by their names, and those of this package have different ones', () => {
  const descriptors = [software, example].map(({ descriptor }) => ({ descriptor }))
  const registry = formatRegistry(descriptors)
  expect([...registry.keys()]).toEqual(['software', 'example'])
  expect(registry.get('software')?.descriptor).toBe(software.descriptor)
  expect(registry.get('constructor')).toBeUndefined()
})

test.each([
  ['no format', []],
  ['two of one name', [named('a'), named('b'), named('a')]],
  ['an empty name', [named('')]],
  ['a name out of form beside a good one', [named('a'), named('B')]],
  ['capital letters', [named('Software')]],
  ['a name of 65 letters', [named('a'.repeat(65))]],
  ['a line end after the name', [named('software\n')]],
])('%s is misuse', async (_, formats) => {
  expect(await codeOf(() => formatRegistry(formats))).toBe('ERR_INVALID_ARG_VALUE')
})
