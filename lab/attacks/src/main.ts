import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { runCommand, tellBeside } from '@assay/testkit/command-line'
import pc from 'picocolors'
import type { Attack } from './attack/attack.ts'
import { catalogue } from './catalogue.ts'
import { setWorlds } from './harness/set-worlds.ts'
import { sortByTools } from './harness/tools.ts'
import { judge } from './judge.ts'
import { readOptions, usage } from './options.ts'
import { attackTable, withTable } from './docs-page.ts'
import { reportOf, type Report } from './report.ts'
import { runAttacks } from './run-attacks.ts'
import { plainTable } from './table.ts'

const ids = catalogue.map(({ id }) => id)
await runCommand(
  usage,
  (args) => readOptions(args, ids),
  ({ writeDocs, only, json }) =>
    writeDocs
      ? writePage()
      : attackAll(only === undefined ? catalogue : catalogue.filter(({ id }) => only.has(id)), json),
)

async function writePage(): Promise<boolean> {
  const file = path.resolve(import.meta.dirname, '../../../docs/attacks.md')
  await writeFile(file, withTable(await readFile(file, 'utf8'), attackTable(catalogue)))
  return true
}

/** Whether every result was as expected. */
async function attackAll(attacks: readonly Attack[], json: boolean): Promise<boolean> {
  const tell = tellBeside(json)
  const { runnable, notRun } = await sortByTools(attacks)
  for (const { id, missing } of notRun) tell(`not run: ${id}: there is no ${missing} on this machine`)
  tell('Setting the stage: two services, a real app with its builds, phones, and the APIs')
  const { worlds, close } = await setWorlds()
  try {
    const results = await runAttacks(runnable, worlds, ({ id }, milliseconds) =>
      tell(pc.dim(`  ${id} (${Math.round(milliseconds)} ms)`)),
    )
    const deviations = judge(runnable, results)
    const report = reportOf(runnable, results)
    if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
    else tell(`\n${tableOf(report)}\n`)
    for (const { id, level, problem } of deviations)
      tell(pc.red(`${id}${level === null ? '' : ` at ${level}`}: ${problem}`))
    const isComplete = notRun.length === 0 || process.env['ASSAY_REQUIRE_ALL'] !== '1'
    if (!isComplete) tell(pc.red('Not everything was run, as ASSAY_REQUIRE_ALL=1 demands.'))
    if (deviations.length === 0) tell(`All ${results.length} attacks came out as expected.`)
    return deviations.length === 0 && isComplete
  } finally {
    await close()
  }
}

function tableOf({ levels, attacks }: Report): string {
  const rows = attacks.map(({ id, oat, outcomes, codes }) => [
    id,
    oat,
    ...levels.map((level) =>
      [outcomes[level] ?? 'failed', codes[level]].filter((part) => part !== undefined).join(' '),
    ),
  ])
  return plainTable(['ATTACK', 'THREAT', ...levels.map((level) => level.toUpperCase())], rows)
}
