import { expect, test } from 'vitest'
import { subjects } from '../../src/subjects.ts'
import { NotRun, runSubject } from '../../src/subject/subject.ts'

test('a row counts what passed, failed and was not run', async () => {
  const results = [
    { name: 'a' },
    { name: 'b', fault: 'wrong' },
    { name: 'c', skipped: 'no tool' },
    { name: 'd' },
  ]
  expect(await runSubject({ id: 'x:y', run: async () => results })).toEqual({
    row: { subject: 'x:y', passed: 2, failed: 1, skipped: 1 },
    remarks: ['x:y: b: wrong', 'not run: x:y: c: no tool'],
  })
})

test('what the machine lacks is not run; what breaks, or runs nothing, has failed', async () => {
  const rowOf = async (run: () => Promise<[]>) => (await runSubject({ id: 'x', run })).row
  const notRun = async () => {
    throw new NotRun('no registry')
  }
  const broken = async () => {
    throw new Error('broken')
  }
  expect(await rowOf(notRun)).toEqual({ subject: 'x', passed: 0, failed: 0, skipped: 1 })
  expect(await rowOf(broken)).toEqual({ subject: 'x', passed: 0, failed: 1, skipped: 0 })
  expect(await rowOf(async () => [])).toEqual({ subject: 'x', passed: 0, failed: 1, skipped: 0 })
})

test('each subject has an id of its own', () => {
  const ids = subjects.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toMatch(/^[a-z-]+:[a-z0-9.-]+$/)
})
