import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { finding, findings } from '../../src/faults/findings.ts'

const page = readFileSync(path.resolve(import.meta.dirname, '../../../../docs/errors.md'), 'utf8')

test('docs/errors.md has each finding in the words of the program', () => {
  const [, section = ''] = page.split('\n## Findings of assay doctor\n')
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'))
  const cells = rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  const expected = Object.entries(findings).map(([code, { level, meaning, action }]) => [
    `\`${code}\``,
    level,
    meaning,
    action,
  ])
  expect(cells).toEqual(expected)
})

test('a finding says what it is about', () => {
  const about = { app: 'com.example.app', build: '1' }
  expect(finding('DOCTOR_BUILD_TEST_ONLY', about).action).toBe(
    '`assay build retire 1 --app com.example.app`.',
  )
})
