import path from 'node:path'
import { expect, test } from 'vitest'
import { fileFault, permissionsAt } from '../../src/faults/file-fault.ts'

const here = import.meta.dirname
const coded = (code: string) => Object.assign(new Error('said by the system'), { code })

test('what the system said is reported by its code', () => {
  expect(fileFault(coded('ENOENT'), here)).toBe(' (ENOENT)')
  expect(fileFault(new Error('without'), here)).toBe('')
  expect(fileFault(undefined, here)).toBe('')
})

test.runIf(process.platform !== 'win32')('what is not permitted, with whose it is and who asks', () => {
  const owner = `${here} belongs to user `
  expect(permissionsAt(path.join(here, 'none', 'such'))).toMatch(
    new RegExp(`^${owner}\\d+, mode 0\\d{3}; this process runs as user \\d+$`),
  )
  expect(fileFault(coded('EACCES'), here)).toContain(`(EACCES: ${owner}`)
})
