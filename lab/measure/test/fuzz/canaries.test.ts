import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 240_000 })

const main = path.resolve(import.meta.dirname, '../../dist/fuzz/main.js')

function fuzz(...args: readonly string[]): { status: number | null; output: string; errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, '--jobs', '1', ...args], {
    encoding: 'utf8',
  })
  return { status, output: stdout, errors: stderr }
}

test.each([
  ['crash', /FOUND canary-crash: crash: RangeError: .* \(coverage\/fuzz\/canary-crash\/[0-9a-f]{16}\)/],
  ['hang', /FOUND canary-hang: hang: .* \(coverage\/fuzz\/canary-hang\/[0-9a-f]{16}\)/],
  ['leak', /FOUND canary-leak: growth: \d+ bytes stay per input/],
])('a parser with a planted %s is found out', (fault, finding) => {
  const { status, output } = fuzz('--target', `canary-${fault}`, '--inputs', '20000')
  expect(output).toMatch(finding)
  expect(status).toBe(1)
})

test('in a parser without a fault nothing is found', () => {
  const { status, output } = fuzz('--target', 'canary-none', '--inputs', '5000')
  expect(output).toMatch(/canary-none +500\d .* 100\.0 %/)
  expect(output).toMatch(/1 parsers, 0 findings/)
  expect(status).toBe(0)
})

test('what was found can be run again', () => {
  const [file] = /coverage\/fuzz\/canary-crash\/[0-9a-f]{16}/.exec(
    fuzz('--target', 'canary-crash', '--inputs', '2000').output,
  ) as RegExpExecArray
  const again = fuzz(
    '--target',
    'canary-crash',
    '--replay',
    path.resolve(import.meta.dirname, '../../../..', file),
  )
  expect(again.output).toMatch(/FOUND canary-crash: crash: RangeError: .* at .*canaries\/crash\.ts:\d+/)
  expect(again.status).toBe(1)
})

test.each([
  ['an unknown target', ['--target', 'nothing'], 'there is no target nothing'],
  [
    'a number that is none',
    ['--inputs', 'many'],
    '--inputs must be a whole number from 0 to 999999999, not many',
  ],
  ['a replay of everything', ['--replay', main], 'a replay is of one target'],
])('%s is refused with the usage', (_, args, message) => {
  const { status, errors } = fuzz(...args)
  expect([status, errors.split('\n')[0]]).toEqual([2, message])
  expect(errors).toContain('usage: npm run fuzz')
})
