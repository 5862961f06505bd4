import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { expect, test } from 'vitest'
import { catalogue } from '../src/catalogue.ts'
import type { Report } from '../src/report.ts'

const main = path.resolve(import.meta.dirname, '../dist/main.js')

async function attack(...args: readonly string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (said[name] += text))
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, ...said }
}

test('every attack comes out as it is expected to', { timeout: 2_400_000 }, async () => {
  const { status, stdout, stderr } = await attack('--json')
  const notRun = [...stderr.matchAll(/^not run: ([a-z0-9-]+): .*$/gm)]
  for (const [line] of notRun) console.log(line)
  expect(status, stderr).toBe(0)
  const { levels, attacks } = JSON.parse(stdout) as Report
  expect(levels).toEqual(['unprotected', 'embedded-secret', 'assay-software', 'assay-hardware'])
  const missing = notRun.map(([, id]) => id)
  expect(attacks.map(({ id }) => id)).toEqual(
    catalogue.map(({ id }) => id).filter((id) => !missing.includes(id)),
  )
  const expectations = new Map(catalogue.map(({ id, expected }) => [id, expected]))
  for (const { id, outcomes, codes } of attacks) {
    for (const level of levels) {
      const expected = expectations.get(id)?.[level]
      expect(outcomes[level], `${id} at ${level}`).toBe(expected?.outcome)
      expect(codes[level], `${id} at ${level}`).toBe(
        expected?.outcome === 'refused' ? expected.code : undefined,
      )
    }
  }
})

test.each([['--only'], ['--only', 'no-such-attack'], ['--what'], ['--json', 'x']])(
  'wrong arguments %s %s: exit code 2, nothing on standard output',
  async (...args) => {
    const { status, stdout, stderr } = await attack(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain('npm run attacks')
  },
)
