/** The canary of `.ci/stages`: a run ends at the first stage that fails, and says what each took, with its children. */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'

const stages = path.resolve(import.meta.dirname, '../../.ci/stages')
const run = (...lines) =>
  spawnSync('bash', ['-c', ['set -euo pipefail', `. ${stages}`, ...lines].join('\n')], { encoding: 'utf8' })
/** Ends when it has used a third of a second, however long that takes. */
const work =
  "node -e 'do {} while (process.cpuUsage().user + process.cpuUsage().system < 330_000)' && echo said && echo warned >&2"

test('each stage keeps its outputs, and is in the table with the time of its children', () => {
  const { status, stdout, stderr } = run("stage 'first one' true", `stage second bash -c "${work}"`)
  expect(status).toBe(0)
  expect(stdout).toContain('said\n')
  expect(stderr).toBe('warned\n')
  expect(stdout).toMatch(/^first one +[\d.]+ +[\d.]+$/m)
  const [, cpu] = /^second +[\d.]+ +([\d.]+)$/m.exec(stdout) ?? []
  expect(Number(cpu)).toBeGreaterThan(0.25)
  expect(stdout).toMatch(/^longest: second \(\d+ s\), first one \(\d+ s\)$/m)
})

test('a script can have its last line printed below the table', () => {
  const { stdout } = run('stage one true', 'last_line="whole: 3 of 3"')
  expect(stdout).toMatch(/^longest: .*\nwhole: 3 of 3\n$/m)
})

test('a stage that fails ends the run with its status, and the table still comes', () => {
  const { status, stdout } = run('stage one true', 'stage two bash -c "exit 3"', 'stage three true')
  expect(status).toBe(3)
  expect(stdout).toMatch(/^two +[\d.]+ +[\d.]+$/m)
  expect(stdout).not.toContain('three')
})
