import { readFileSync } from 'node:fs'
import path from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const root = path.resolve(import.meta.dirname, '../..')

/** The slowest files, in the order in which they start. */
const costly = Object.keys(
  JSON.parse(readFileSync(path.join(import.meta.dirname, 'costly-files.json'), 'utf8')) as object,
)

/** Folders with files that drive browsers and phones, which come next. */
const slow = /^lab\/(attacks|browser|phones|console)\//

/** Starts with the slowest files, even before any run has measured them, so that no worker is left with one at the end. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rankOf = ({ moduleId }: TestSpecification) => {
      const file = path.relative(root, moduleId)
      const listed = costly.indexOf(file)
      if (listed !== -1) return listed
      return costly.length + (slow.test(file) ? 0 : 1)
    }
    return sorted.sort((a, b) => rankOf(a) - rankOf(b))
  }
}
