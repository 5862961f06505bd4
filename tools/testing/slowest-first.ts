import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Folders whose files take the longest: a run must not end with one worker that is still at one of them. */
const slow = /\/lab\/(attacks|phones|console)\//

/** Starts with the files that take longest, even if no earlier run has shown which those are. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isSlow = ({ moduleId }: TestSpecification) => slow.test(moduleId)
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))]
  }
}
