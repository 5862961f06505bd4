import { expect, test } from 'vitest'
import { z } from 'zod'
import { androidKeyDescription } from '../../src/android-key-attestation/index.ts'
import {
  appAttestAssertionDescription,
  appAttestDescription,
  appAttestSchemes,
} from '../../src/apple-app-attest/index.ts'
import { exampleDescription } from '../../src/example/index.ts'
import { schemeRegistry, type EvidenceScheme, type SchemeDescription } from '../../src/index.ts'
import { playIntegrityDescription } from '../../src/play-integrity/index.ts'
import { codeOf } from '../codes.ts'

const descriptions: readonly SchemeDescription[] = [
  appAttestDescription,
  appAttestAssertionDescription,
  androidKeyDescription,
  playIntegrityDescription,
  exampleDescription,
]

/** A scheme that verifies nothing: the registry looks at facts only. */
const scheme = (changes: Partial<SchemeDescription> = {}): EvidenceScheme => ({
  ...exampleDescription,
  ...changes,
  commitment: () => new Uint8Array(),
  parse: (item) => item,
  verify: () => Promise.reject(new Error('nothing is verified')),
  versionCode: () => undefined,
  isKeyInHardware: () => false,
})

test('schemes are found by the format of an item, and those of this package have different names', () => {
  const registry = schemeRegistry(descriptions.map((each) => scheme(each)))
  expect(registry.all.map(({ descriptor }) => descriptor.name)).toEqual([
    'apple-app-attest',
    'apple-app-attest-assertion',
    'android-key-attestation',
    'play-integrity',
    'example',
  ])
  expect(registry.find('play-integrity')?.isRemote).toBe(true)
  expect(registry.find('constructor')).toBeUndefined()
})

test('settings are found by their names; two parts of one scheme share theirs', () => {
  const registry = schemeRegistry(descriptions.map((each) => scheme(each)))
  expect(registry.settings.map(({ name }) => name)).toEqual([
    'apple_app_attest',
    'android_key_attestation',
    'play_integrity',
    'example',
  ])
  const evidence = { apple_app_attest: appAttestDescription.settings.example }
  const [attestation, assertion, android] = registry.all
  expect(registry.settingsFor(attestation!, evidence)).toBe(evidence.apple_app_attest)
  expect(registry.settingsFor(assertion!, evidence)).toBe(evidence.apple_app_attest)
  expect(registry.settingsFor(android!, evidence)).toBeUndefined()
  const named = scheme({ settings: { ...exampleDescription.settings, name: 'constructor' } })
  expect(registry.settingsFor(named, {})).toBeUndefined()
})

test('the evidence of an app holds settings of known schemes, each in its form, and nothing else', () => {
  const { settingsSchema: schema, settings } = schemeRegistry(descriptions.map((each) => scheme(each)))
  const all = Object.fromEntries(settings.map(({ name, example }) => [name, example]))
  expect(schema.safeParse({}).success).toBe(true)
  expect(schema.parse(all)).toEqual(all)
  expect(schema.safeParse({ ...all, other: {} }).success).toBe(false)
  for (const [name, example] of Object.entries(all)) {
    expect(schema.safeParse({ [name]: { ...(example as object), other: 1 } }).success).toBe(false)
    expect(schema.safeParse({ [name]: null }).success).toBe(false)
  }
})

test('forms of settings and items can be written as JSON Schema', () => {
  const { settingsSchema, itemSchema } = schemeRegistry(descriptions.map((each) => scheme(each)))
  expect(z.toJSONSchema(settingsSchema)).toMatchObject({ type: 'object', additionalProperties: false })
  expect(z.toJSONSchema(itemSchema).anyOf).toHaveLength(descriptions.length)
})

test.each(descriptions.map((each) => [each.descriptor.name, each] as const))(
  '%s: items of another format, with another member or with none are out of form',
  (name, { item }) => {
    for (const value of [{}, { format: name }, { format: 'other' }, null, []])
      expect(item.safeParse(value).success).toBe(false)
  },
)

const { settings } = exampleDescription
const named = (name: string) => scheme({ descriptor: { name, version: '1.0' } })

test.each([
  ['no scheme', []],
  ['two of one name', [named('a'), named('b'), named('a')]],
  ['an empty name', [named('')]],
  ['a malformed name beside a good one', [named('a'), named('B')]],
  ['a name of 65 letters', [named('a'.repeat(65))]],
  ['a line end after the name', [named('example\n')]],
  ['settings of one name', [named('a'), scheme({ settings: { ...settings } })]],
  ['settings with a hyphen', [scheme({ settings: { ...settings, name: 'an-example' } })]],
  ['assertions by keys that nobody attests', [scheme({ asserts: 'other' })]],
])('%s is misuse', async (_, schemes) => {
  expect(await codeOf(() => schemeRegistry(schemes))).toBe('ERR_INVALID_ARG_VALUE')
})

test('an assertion finds the scheme that it asserts by', () => {
  const registry = schemeRegistry<EvidenceScheme>(appAttestSchemes([]))
  expect(registry.find(registry.all[1]?.asserts ?? '')).toBe(registry.all[0])
})
