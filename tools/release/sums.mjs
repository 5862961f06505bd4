import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Its name, in the folder of a release. */
export const sumsFile = 'SHA256SUMS'

/** @returns {string[]} all files under `folder`, by relative path, in order */
export function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort()
}

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

/** Writes SHA256SUMS, which `sha256sum --check` reads, over every other file of the folder. */
export function writeSums(folder) {
  const lines = filesUnder(folder)
    .filter((file) => file !== sumsFile)
    .map((file) => `${sha256(readFileSync(path.join(folder, file)))}  ${file}\n`)
  writeFileSync(path.join(folder, sumsFile), lines.join(''))
}

/** @returns {string[]} files that are missing, changed, or not listed */
export function wrongSums(folder) {
  const lines = readFileSync(path.join(folder, sumsFile), 'utf8').split('\n').filter(Boolean)
  const listed = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]))
  const present = filesUnder(folder).filter((file) => file !== sumsFile)
  return [
    ...[...listed.keys()].filter((file) => !present.includes(file)).map((file) => `${file} is missing`),
    ...present
      .filter((file) => listed.get(file) !== sha256(readFileSync(path.join(folder, file))))
      .map((file) => (listed.has(file) ? `${file} has other bytes` : `${file} is not listed`)),
  ]
}

/** @returns {string[]} in what two releases differ; nothing if they are the same bytes under the same names */
export function differences(a, b) {
  const [inA, inB] = [filesUnder(a), filesUnder(b)]
  const bytes = (folder, file) => readFileSync(path.join(folder, file))
  return [
    ...inA.filter((file) => !inB.includes(file)).map((file) => `${file}: only in the first`),
    ...inB.filter((file) => !inA.includes(file)).map((file) => `${file}: only in the second`),
    ...inA
      .filter((file) => inB.includes(file) && !bytes(a, file).equals(bytes(b, file)))
      .map((file) => `${file}: other bytes`),
  ]
}
