import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { accept, refuse, type Case } from '../../src/wire/case/case.ts'
import { checkRunner } from '../../src/wire/driver/check-runner.ts'
import { judge } from '../../src/wire/driver/judge.ts'
import { askRunner } from '../../src/wire/driver/run-runner.ts'

describe('judge', () => {
  const value = accept('a', {}, { x: [1, 'two'] })
  const code = refuse('b', {}, 'CODE')
  const detailed: Case = { ...code, details: { retryable: true } }
  const needy: Case = { ...value, needs: 'der' }
  it.each([
    ['the value', value, { id: 'a', output: { x: [1, 'two'] } }, 'passed'],
    ['another value', value, { id: 'a', output: { x: ['two', 1] } }, 'failed'],
    ['a refusal in place of a value', value, { id: 'a', error: 'CODE' }, 'failed'],
    ['a value and a refusal', value, { id: 'a', output: { x: [1, 'two'] }, error: 'CODE' }, 'failed'],
    ['the code', code, { id: 'b', error: 'CODE' }, 'passed'],
    ['another code', code, { id: 'b', error: 'OTHER' }, 'failed'],
    ['a value in place of the code', code, { id: 'b', output: 1 }, 'failed'],
    ['the code and a value', code, { id: 'b', error: 'CODE', output: 1 }, 'failed'],
    [
      'the code and its details',
      detailed,
      { id: 'b', error: 'CODE', details: { retryable: true } },
      'passed',
    ],
    ['the code without its details', detailed, { id: 'b', error: 'CODE' }, 'failed'],
    ['nothing', value, undefined, 'failed'],
    ['a skipped case that needs something', needy, { id: 'a', skipped: 'der' }, 'skipped'],
    ['a skipped case that needs nothing', value, { id: 'a', skipped: 'der' }, 'failed'],
  ] as const)('takes %s as it is', (_name, wanted, answer, judgement) => {
    expect(judge(wanted, answer)).toBe(judgement)
  })
})

describe('checkRunner', () => {
  const node = (program: string) => ({ command: process.execPath, args: ['-e', program] })
  const families = ['app-attest']

  it('fails every case of a runner that answers nothing', async () => {
    const { passed, failed } = await checkRunner(node('process.stdin.resume()'), families)
    expect(passed).toBe(0)
    expect(failed).toBeGreaterThanOrEqual(13)
  })

  it('fails every case to accept of a runner that refuses everything', async () => {
    const program = `require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
      console.log(JSON.stringify({ id: JSON.parse(line).id, error: 'MALFORMED' }))
    })`
    expect(await checkRunner(node(program), families)).toMatchObject({ passed: 5, failed: 8, skipped: 0 })
  })

  it('reads U+2028 within a line, which ends no line', async () => {
    const echo = `process.stdout.write('{"id":"a","output":"one\\u2028two"}\\n')`
    const answers = await askRunner(node(echo), [])
    expect(answers.get('a')?.output).toBe('one\u2028two')
  })

  it('ends a runner that writes no JSON', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-runner-'))
    const file = path.join(folder, 'pid')
    const program = `require('fs').writeFileSync(${JSON.stringify(file)}, String(process.pid))
      console.log('ready')
      setInterval(() => {}, 1000)`
    try {
      await expect(askRunner(node(program), [])).rejects.toThrow(/JSON/)
      const pid = Number(readFileSync(file, 'utf8'))
      await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 10_000)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it.each([
    ['ends with another code', node('process.exit(3)'), /ended with 3/],
    ['writes what is no JSON', node('console.log("ready"); process.stdin.resume()'), /JSON/],
    ['is not there', { command: '/nowhere/runner' }, /ENOENT/],
    ['is too slow', { ...node('setTimeout(() => {}, 60000)'), timeout: 200 }, /SIGTERM/],
  ])('throws for a runner that %s', async (_name, runner, message) => {
    await expect(checkRunner(runner, families)).rejects.toThrow(message)
  })
})
