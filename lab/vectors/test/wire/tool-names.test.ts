import { toolNames } from '@assay/protocol'
import { expect, it } from 'vitest'
import { toolNameCases } from '../../src/wire/families/tool-names.ts'

it('has the forms that every SDK reads: small letters, one star at most, no spaces', () => {
  for (const name of Object.values(toolNames).flatMap((findings) => Object.values(findings).flat()))
    expect(name).toMatch(/^[a-z0-9._@!/-]*\*?[a-z0-9._@!/-]*$/)
})

it('leaves at least 200 files of genuine apps alone', () => {
  expect(toolNameCases.cases.filter(({ error }) => error === 'NO_TOOL').length).toBeGreaterThanOrEqual(200)
})
