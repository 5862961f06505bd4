import { expect, it } from 'vitest'
import { coreFunctions, exercises, jsProbes, sdkDescriptions } from '../../src/index.ts'

it('describe the SDK as it is: the newest has its functions, exercises and probes', () => {
  const newest = Object.values(sdkDescriptions).at(-1)
  expect(newest?.functions).toEqual(Object.keys(coreFunctions))
  expect(newest?.exercises).toEqual(Object.keys(exercises))
  expect(newest?.probes).toEqual(jsProbes({ global: globalThis }).map(({ name }) => name))
})

it('stand under the name and version that they describe', () => {
  for (const [sdk, description] of Object.entries(sdkDescriptions)) expect(description.sdk).toBe(sdk)
})

it('name exercises that the Verifier can carry out', () => {
  for (const description of Object.values(sdkDescriptions)) {
    expect(Object.keys(exercises)).toEqual(expect.arrayContaining([...description.exercises]))
  }
})
