import { expect, test } from 'vitest'
import { exampleScheme } from '../../src/example/index.ts'
import { codeOf } from '../codes.ts'
import { binding, contextWith, genuine, itemOver, now, signer } from './vendor.ts'

const { anchors, revocation } = contextWith()
const scheme = exampleScheme({ anchors, revocation })
const app = { id: 'an-app', package: 'com.example.app', signers: [signer] }
const expected = {
  app,
  settings: {},
  commitment: scheme.commitment(binding),
  now,
  asker: { network: '192.0.2', vouchingKey: undefined, isVouchable: false },
  secret: () => Promise.resolve(undefined),
}

test('a statement about the registered app is accepted, and nothing of it is remembered', async () => {
  const accepted = await scheme.verify(scheme.parse(itemOver(genuine)), expected)
  expect(Object.keys(accepted)).toEqual(['verified'])
  expect(scheme.recall).toBeUndefined()
  expect(scheme.versionCode(accepted.verified.claims, 'com.example.app')).toBeUndefined()
  expect(scheme.isKeyInHardware(accepted.verified.claims)).toBe(false)
})

test('one about another app is not', async () => {
  const other = { ...expected, app: { ...app, signers: ['cd'.repeat(32)] } }
  expect(await codeOf(() => scheme.verify(scheme.parse(itemOver(genuine)), other))).toBe(
    'EXAMPLE_APP_IDENTITY',
  )
})

test('there is nothing to set', () => {
  const { schema, example } = scheme.settings
  expect(schema.parse(example)).toEqual({})
  expect(schema.safeParse({ other: 1 }).success).toBe(false)
})
