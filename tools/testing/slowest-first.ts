import { readFileSync } from 'node:fs'
import path from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const root = path.resolve(import.meta.dirname, '../..')

/** The slowest files, in the order in which they start. */
const costly = Object.values(
  JSON.parse(readFileSync(path.join(import.meta.dirname, 'test-parts.json'), 'utf8')) as object,
).flatMap((part: object) => Object.keys(part))

/** Starts with the slowest files, even before any run has measured them, so that no worker is left with one at the end. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rankOf = ({ moduleId }: TestSpecification) => {
      const listed = costly.indexOf(path.relative(root, moduleId))
      return listed === -1 ? costly.length : listed
    }
    return sorted.sort((a, b) => rankOf(a) - rankOf(b))
  }
}
