import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Folders with the slowest files. They start first, so that no worker is left with one at the end. */
const slow = /\/lab\/(attacks|phones|console)\//

/** Starts with the slowest files, even before any run has measured them. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isSlow = ({ moduleId }: TestSpecification) => slow.test(moduleId)
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))]
  }
}
