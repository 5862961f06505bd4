import { expect, it } from 'vitest'
import { longestSdkMarker, readSdkMarker, sdkDescriptions, sdkMarker } from '../../src/index.ts'

it('is read back for each SDK that is described, and is no short text', () => {
  for (const sdk of Object.keys(sdkDescriptions)) {
    expect(readSdkMarker(`${sdkMarker(sdk)}more text`)).toBe(sdk)
    expect(sdkMarker(sdk).length).toBeGreaterThan(15)
  }
})

it('is read at its longest', () => {
  const sdk = `assay-${'a'.repeat(16)}/11111.22222.33333-${'r'.repeat(16)}`
  expect(sdkMarker(sdk)).toHaveLength(longestSdkMarker)
  expect(readSdkMarker(sdkMarker(sdk))).toBe(sdk)
})

it.each([
  'assay:sdk:assay-ios/0.1.0',
  'assay:sdk:assay-ios/0.1;',
  'assay:sdk:other-ios/0.1.0;',
  'assay:sdk:assay-IOS/0.1.0;',
  'assay:sdk:assay-ios/0.1.0 ;',
  ' assay:sdk:assay-ios/0.1.0;',
  'assay-ios/0.1.0;',
])('is not %s', (text) => {
  expect(readSdkMarker(text)).toBeUndefined()
})
