import { expect, test } from 'vitest'
import { codeOf } from '../../codes.ts'
import { chainOf, keys, names, spkiOf, validity, verifying, type ChainTemplate } from '../phone.ts'

const expired = validity('2026-01-01', '2026-02-01')

/** Another root certificate of the same key and name, as the vendor issues them over the years. */
const otherRoot = chainOf({ certificates: { 3: { serial: 0xb2 } } })[3] as Buffer

test.each<[string, ChainTemplate['rearrange']]>([
  ['a certificate twice', ([leaf, device, ...others]) => [leaf!, device!, device!, ...others]],
  ['the root twice', (chain) => [...chain, chain[3]!]],
  ['two root certificates of one key', (chain) => [...chain, otherRoot]],
])('%s: ANDROID_KEY_REPEATED_KEY', async (_, rearrange) => {
  const rearranging = { rearrange: rearrange as NonNullable<typeof rearrange> }
  expect(await codeOf(() => verifying(rearranging))).toBe('ANDROID_KEY_REPEATED_KEY')
})

test('an expired remote chain does not become one from the factory by a second root', async () => {
  const remote: ChainTemplate = { kind: 'remote', certificates: { 1: { validity: expired } } }
  expect(await codeOf(() => verifying(remote))).toBe('ANDROID_KEY_EXPIRED')
  const disguised = { ...remote, rearrange: (chain: readonly Buffer[]) => [...chain, otherRoot] }
  expect(await codeOf(() => verifying(disguised))).toBe('ANDROID_KEY_REPEATED_KEY')
})

test('the same name with another key is not a repetition', async () => {
  const renamed = {
    0: { issuer: names.factory },
    1: { subject: names.factory },
    2: { spki: spkiOf(keys.intermediate) },
  }
  expect(await codeOf(() => verifying({ certificates: renamed }))).toBe('accepted')
})
