import { expect, it } from 'vitest'
import { coreFunctions, exercises, jsProbes, sdkDescriptions, type SdkDescription } from '../../src/index.ts'

const newestOf = (name: string): SdkDescription | undefined =>
  Object.values(sdkDescriptions)
    .filter(({ sdk }) => sdk.startsWith(`${name}/`))
    .at(-1)

it('describe the SDK as it is: the newest has its functions, exercises and probes', () => {
  const newest = newestOf('assay-js')
  expect(newest?.functions).toEqual(Object.keys(coreFunctions))
  expect(newest?.exercises).toEqual(Object.keys(exercises))
  expect(newest?.probes).toEqual(jsProbes({ global: globalThis }).map(({ name }) => name))
})

it.each(['assay-android', 'assay-ios'])('say of %s that nothing shows its functions', (name) => {
  const newest = newestOf(name)
  expect(newest).toMatchObject({ code: 'native', functions: [], exercises: ['refusal.1'] })
  const prefix = `${name.replace('assay-', '')}.`
  expect(newest?.probes.every((probe) => probe.startsWith(prefix))).toBe(true)
})

it('stand under the name and version that they describe', () => {
  for (const [sdk, description] of Object.entries(sdkDescriptions)) expect(description.sdk).toBe(sdk)
})

it('name exercises that the Verifier can carry out', () => {
  for (const description of Object.values(sdkDescriptions)) {
    expect(Object.keys(exercises)).toEqual(expect.arrayContaining([...description.exercises]))
  }
})
