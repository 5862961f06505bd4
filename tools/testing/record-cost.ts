/** Appends what each test file took to the file that `ASSAY_TEST_COSTS` names, as `tools/test.mjs` reads it. */
import { appendFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect } from 'vitest'
import { processorTime } from './processor-time.ts'

const costs = process.env['ASSAY_TEST_COSTS']
if (costs !== undefined) {
  const root = path.resolve(import.meta.dirname, '../..')
  const cpu = processorTime()
  const start = performance.now()
  // The hooks of the file itself run before this one, which is registered first.
  afterAll(() => {
    const file = path.relative(root, expect.getState().testPath ?? '')
    const cost = { file, cpu: processorTime() - cpu, wall: (performance.now() - start) / 1000 }
    appendFileSync(costs, `${JSON.stringify(cost)}\n`)
  })
}
