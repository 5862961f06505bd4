import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createCliProcess, startFreshService } from '@assay/testkit'
import pc from 'picocolors'
import { backupRows } from './backup.ts'
import type { OperatorStage } from './stage.ts'
import { deployRows } from './deploys.ts'
import { developmentRows } from './development.ts'
import { fleetRows } from './fleet.ts'
import { createDay } from './day.ts'
import { incidentRows } from './incidents.ts'
import { rehearsalRows } from './rehearsals.ts'
import { rolloutRows } from './rollout.ts'
import { supportRows } from './support.ts'

const args = process.argv.slice(2)
const json = args.includes('--json')
const day = createDay((row) => {
  const mark = row.actual === row.expected ? pc.green('ok  ') : pc.red('FAIL')
  process.stderr.write(`  ${mark} ${row.name}: ${row.actual}\n`)
})

const cli = createCliProcess()
const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-operator-'))
const service = await startFreshService(cli)
const stage: OperatorStage = { cli, service, folder }
try {
  await developmentRows(stage, day)
  await deployRows(stage, day)
  await backupRows(stage, day)
  await supportRows(stage, day)
  await rolloutRows(stage, day)
  await incidentRows(stage, day)
  // They take minutes, most of which they wait.
  if (!args.includes('--without-rehearsals')) await rehearsalRows(stage, day)
  await fleetRows(day)
} finally {
  await service.stop()
  await rm(folder, { recursive: true, force: true })
}
const ok = day.rows.length > 0 && day.rows.every(({ expected, actual }) => expected === actual)
process.stdout.write(
  json
    ? `${JSON.stringify({ rows: day.rows, ok }, null, 2)}\n`
    : `${ok ? `All ${day.rows.length} rows came out as they should.` : 'Not as it should.'}\n`,
)
process.exitCode = ok ? 0 : 1
