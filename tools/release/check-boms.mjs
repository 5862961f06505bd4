import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { installed, NotInstalled } from '../installed.mjs'
import { filesUnder, sha256 } from './sums.mjs'

/** CycloneDX's own validator, which brings the official schemas. Fetched by the first check. */
const validator = {
  '@cyclonedx/cyclonedx-library': '10.3.0',
  ajv: '8.20.0',
  'ajv-formats': '3.0.1',
  'ajv-formats-draft2019': '1.6.1',
}

/** Files that are artifacts: each has a bill of materials. */
export const isArtifact = (file) =>
  /^npm\/.*\.tgz$|^(?:swift|helm|deploy)\/|^maven\/.*(?<!-sources|-javadoc)\.[ja]ar$/.test(file)

/** @returns {Promise<Map<string, unknown>>} what the validator says of each bill of materials; null if it is valid */
export async function boms(folder) {
  const files = filesUnder(folder).filter((file) => file.startsWith('sbom/'))
  try {
    const tools = await installed('cyclonedx', validator)
    const { Validation, Spec } = await import(
      pathToFileURL(createRequire(path.join(tools, 'package.json')).resolve('@cyclonedx/cyclonedx-library'))
        .href
    )
    const said = new Map()
    for (const file of files) {
      const text = readFileSync(path.join(folder, file), 'utf8')
      const { specVersion } = JSON.parse(text)
      const validate = new Validation.JsonStrictValidator(Spec.Version[`v${specVersion.replace('.', 'dot')}`])
      said.set(file, await validate.validate(text))
    }
    return said
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error
    return new Map(files.map((file) => [file, `the validator could not be fetched: ${error.message}`]))
  }
}

/** @returns {string[]} what is wrong: an artifact without a bill, one of other bytes, one that is not valid */
export function wrongBoms(folder, said) {
  const artifacts = filesUnder(folder).filter(isArtifact)
  const bomOf = (file) => `sbom/${path.basename(file)}.cdx.json`
  const expected = artifacts.map(bomOf)
  return [
    ...expected.filter((file) => !said.has(file)).map((file) => `${file} is missing`),
    ...[...said.keys()]
      .filter((file) => !expected.includes(file))
      .map((file) => `${file} belongs to nothing`),
    ...[...said]
      .filter(([, fault]) => fault !== null)
      .map(([file, fault]) => `${file}: ${JSON.stringify(fault)}`),
    ...artifacts
      .filter((file) => said.has(bomOf(file)))
      .filter((file) => {
        const { metadata } = JSON.parse(readFileSync(path.join(folder, bomOf(file)), 'utf8'))
        return metadata.component.hashes?.[0]?.content !== sha256(readFileSync(path.join(folder, file)))
      })
      .map((file) => `${bomOf(file)} is of other bytes than ${file}`),
  ]
}
