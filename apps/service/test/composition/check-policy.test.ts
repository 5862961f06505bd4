import { createPresets } from '@assay/appraisal'
import { expect, it } from 'vitest'
import { checkPolicy, productSchemes } from '../../src/composition/check-policy.ts'
import { presetDocuments, schemes } from '../schemes.ts'

it('takes the built-in policies, and says where another document fails', () => {
  for (const document of presetDocuments.values()) expect(checkPolicy(document)).toBeUndefined()
  expect(checkPolicy({})).toMatchObject({ pointer: '', code: 'POLICY_DOCUMENT' })
  const [name, document] = [...createPresets(productSchemes).documents][0] ?? []
  expect(presetDocuments.get(name as 'observe')).toEqual(document)
  expect(schemes).toEqual(productSchemes)
})
