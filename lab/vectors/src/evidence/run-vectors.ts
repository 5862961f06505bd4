import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { VectorFormat } from './format/format.ts'
import { judge } from './judge.ts'
import { asVector, readVectorFile } from './format/vector.ts'

export interface RunSummary {
  passed: number
  failed: number
}

/**
 * Runs every vector in the JSON files under `location` and prints, line by line: files that were ignored, deviations,
 * and last a histogram of reject codes and the sums.
 */
export async function runVectors(
  location: string,
  formats: ReadonlyMap<string, VectorFormat>,
  print: (line: string) => void,
): Promise<RunSummary> {
  const summary: RunSummary = { passed: 0, failed: 0 }
  const rejectCodes = new Map<string, number>()
  const unknownFormats = new Map<string, number>()
  const fail = (id: string, deviation: string): void => {
    summary.failed++
    print(`FAILED ${id}: ${deviation}`)
  }

  for (const file of await jsonFiles(location)) {
    const content = await readVectorFile(file)
    if (content.kind === 'other') print(`ignored ${file}: holds no vectors`)
    if (content.kind === 'unreadable') fail(file, 'is not JSON')
    if (content.kind !== 'vectors') continue
    for (const [index, value] of content.vectors.entries()) {
      const vector = asVector(value)
      if (vector === undefined) {
        fail(`${file}#${index}`, 'is not a vector')
        continue
      }
      const format = formats.get(vector.format)
      if (format === undefined) {
        summary.failed++
        count(unknownFormats, vector.format)
        continue
      }
      const outcome = await judge(vector, format, path.dirname(file))
      if (outcome.rejectCode !== undefined) count(rejectCodes, outcome.rejectCode)
      if (outcome.passed) summary.passed++
      else fail(vector.id, outcome.deviation)
    }
  }

  for (const [name, times] of byCount(unknownFormats)) {
    print(`FAILED ${times} of the unknown format ${name}: this runner cannot judge them`)
  }
  if (rejectCodes.size > 0) print('reject codes:')
  for (const [code, times] of byCount(rejectCodes)) print(`${String(times).padStart(6)}  ${code}`)
  print(`${summary.passed} passed, ${summary.failed} failed`)
  return summary
}

async function jsonFiles(location: string): Promise<string[]> {
  if ((await stat(location)).isFile()) return [location]
  const listing = await readdir(location, { recursive: true, withFileTypes: true })
  return listing
    .filter((each) => each.isFile() && each.name.endsWith('.json'))
    .map((each) => path.join(each.parentPath, each.name))
    .sort()
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function byCount(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}
