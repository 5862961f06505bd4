import { execFileSync } from 'node:child_process'
import { buildManifest, sdkDescriptions } from '@assay/measurement'
import { expect, it } from 'vitest'

/** Files of the SDK and its live functions as they show themselves, both as built: the tests run from source. */
const program = `
  import { sdkFiles } from '@assay/testkit'
  import { coreFunctions } from '@assay/measurement'
  const texts = (things) => Object.fromEntries(Object.entries(things).map(([name, thing]) => [name, String(thing)]))
  process.stdout.write(JSON.stringify({ files: texts(await sdkFiles()), functions: texts(coreFunctions) }))
`

it('hold this version of the SDK, and each of its live functions once, as the engine shows it', () => {
  const built = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  })
  const description = Object.values(sdkDescriptions)
    .filter(({ sdk }) => sdk.startsWith('assay-js/'))
    .at(-1)
  if (description === undefined) throw new Error('no SDK is described')
  const { files, functions } = JSON.parse(built) as Record<'files' | 'functions', Record<string, string>>
  const versions = new Set(
    Object.values(files).flatMap((text) => text.match(/(?<=['"])assay-js\/[0-9.]+(?=['"])/g) ?? []),
  )
  // Those of older versions are in the descriptions.
  expect(versions).toContain(description.sdk)
  const scripts = Object.entries(files).map(([segment, text]) => ({ segment, bytes: Buffer.from(text) }))
  const manifest = buildManifest(scripts, description)
  const found = Object.entries(manifest.functions).map(([name, { segment, offset, length }]) => [
    name,
    Buffer.from(files[segment] ?? '')
      .subarray(offset, offset + length)
      .toString(),
  ])
  expect(Object.fromEntries(found)).toEqual(functions)
})
