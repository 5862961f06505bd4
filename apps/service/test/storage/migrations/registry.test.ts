import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { schemaSteps } from '../../../src/storage/migrations/registry.ts'

it('lists a step for each file, numbered without gaps', () => {
  const folder = new URL('../../../src/storage/migrations/', import.meta.url)
  const files = readdirSync(folder).filter((name) => /^[0-9]/.test(name))
  const names = schemaSteps.map(({ name }) => name)
  expect(names.map((name) => `${name}.ts`)).toEqual(files.sort())
  for (const [index, name] of names.entries()) {
    expect(name).toMatch(/^[0-9]{4}-[a-z]+(-[a-z]+)*$/)
    expect(Number(name.slice(0, 4))).toBe(index + 1)
  }
})
