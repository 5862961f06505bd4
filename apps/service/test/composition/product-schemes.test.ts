import type { SchemeDescription } from '@assay/evidence'
import { expect, it } from 'vitest'
import { createProductSchemes, productSchemes } from '../../src/composition/product-schemes.ts'
import { checkVendors } from '../../src/config/vendors.config.ts'

const elsewhere = () => Promise.reject(new Error('nobody is asked'))
const created = createProductSchemes({
  vendors: checkVendors({}, false),
  installations: { takeVendorCall: elsewhere },
  revocation: { stateOf: elsewhere },
  fetch: elsewhere,
  clock: () => 0,
})

/** Names of what `schemes` are not as `descriptions` say, each where it stands. */
function parted(schemes: readonly SchemeDescription[], descriptions: readonly SchemeDescription[]): string[] {
  const nameAt = (i: number) => schemes[i]?.descriptor.name ?? descriptions[i]?.descriptor.name ?? ''
  return Array.from({ length: Math.max(schemes.length, descriptions.length) }, (_, i) => i)
    .filter((i) => {
      const [scheme, description] = [schemes[i], descriptions[i]]
      if (scheme === undefined || description === undefined) return true
      return Object.entries(description).some(([fact, value]) => Reflect.get(scheme, fact) !== value)
    })
    .map(nameAt)
}

it('registers exactly the schemes that policies are checked against, each as it is described', () => {
  expect(created.length).toBeGreaterThan(3)
  expect(parted(created, productSchemes)).toEqual([])
})

it('the check finds a scheme that is only registered, only described, or described differently', () => {
  const [first, second, ...others] = productSchemes as [SchemeDescription, SchemeDescription]
  const last = productSchemes.at(-1)?.descriptor.name
  expect(parted(created, productSchemes.slice(0, -1))).toEqual([last])
  expect(parted(created.slice(0, -1), productSchemes)).toEqual([last])
  expect(parted(created, [{ ...first, isRemote: !first.isRemote }, second, ...others])).toEqual([
    first.descriptor.name,
  ])
})
