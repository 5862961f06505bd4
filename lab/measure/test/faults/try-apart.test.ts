import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tryApart } from '../../src/faults/try-apart.ts'
import { inPieces } from '../../src/faults/try-fault.ts'

const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-try-apart-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The result of a process that runs this code, and what it printed. */
async function trialOf(source: string) {
  const program = path.join(folder, 'trial.mjs')
  await writeFile(program, source)
  const reported: string[] = []
  const order = { fault: 'a.fault', store: 'sqlite', length: 'short' } as const
  return { trial: await tryApart(order, (line) => void reported.push(line), program), reported }
}

test('a trial arrives unchanged, including infinite figures', async () => {
  const { trial, reported } = await trialOf(`
    const { fault } = JSON.parse(process.argv[2])
    process.send({ tell: fault })
    const outcome = { attempts: 1, doubleAcceptances: 0, losses: 0, recoveryMs: Infinity, unmet: [], facts: {} }
    process.send({ trial: { outcome } }, () => process.exit(0))`)
  expect(reported).toEqual(['a.fault'])
  expect(trial).toMatchObject({ outcome: { attempts: 1, recoveryMs: Infinity } })
})

test.each([
  ["throw new TypeError('the stage broke')", 'TypeError: the stage broke'],
  ["process.stderr.write('no memory')", 'no memory'],
  ["process.kill(process.pid, 'SIGKILL')", ''],
])('a process that ends without a trial is a failed row: %s', async (source, reason) => {
  expect((await trialOf(source)).trial).toEqual({ outcome: inPieces(reason) })
})
