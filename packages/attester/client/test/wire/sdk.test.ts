import { readFileSync } from 'node:fs'
import { sdkDescriptions } from '@assay/measurement'
import { expect, it } from 'vitest'
import { sdk } from '../../src/wire/sdk.ts'

it('names the version of the package', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(sdk).toBe(`assay-js/${manifest.version}`)
})

it('is described to the Verifier, as the newest', () => {
  const versions = Object.keys(sdkDescriptions).filter((name) => name.startsWith('assay-js/'))
  expect(versions.at(-1)).toBe(sdk)
})
