import { runCommand, tellBeside } from '@assay/testkit/command-line'
import { readOptions, usage, type Options } from './options.ts'
import { runSubject, type Outcome, type Row } from './subject/subject.ts'
import { subjects } from './subjects.ts'

const args = process.argv.slice(2)
if (args.length === 1 && args[0] === 'write') {
  // As `npm run wire -- write`, which takes a second to load.
  const { writeVectors } = await import('@assay/vectors/write')
  await writeVectors((line) => void process.stdout.write(`${line}\n`))
} else {
  const ids = subjects.map(({ id }) => id)
  await runCommand(usage, (given) => readOptions(given, ids), runAll)
  setTimeout(endOpen, 10_000).unref()
}

/** Ends a process that something still keeps open: a fault of whichever subject left it, such as a timer, that no comparison saw. */
function endOpen(): void {
  process.stderr.write('Something that a subject left keeps the process open.\n')
  process.exit(1)
}

/** Whether nothing failed, and every required subject ran. */
async function runAll({ json, chosen, withoutTested }: Options): Promise<boolean> {
  const tell = tellBeside(json)
  const outcomes: Outcome[] = []
  // One after the other: they share the machine's two or four processors, and some of them the network.
  for (const subject of subjects) {
    if (!chosen.has(subject.id)) continue
    const outcome = await runSubject(subject, withoutTested)
    outcomes.push(outcome)
    for (const remark of outcome.remarks) tell(remark)
  }
  const rows = outcomes.map(({ row }) => row)
  if (json) process.stdout.write(`${JSON.stringify({ rows }, null, 2)}\n`)
  else tell(tableOf(rows))
  tell(summaryOf(rows))
  const isComplete = process.env['ASSAY_REQUIRE_ALL'] !== '1' || rows.every(({ skipped }) => skipped === 0)
  if (!isComplete) tell('Not everything was run, as ASSAY_REQUIRE_ALL=1 demands.')
  return isComplete && rows.every(({ failed }) => failed === 0)
}

function summaryOf(rows: readonly Row[]): string {
  const sum = (of: 'passed' | 'failed' | 'skipped') => rows.reduce((all, row) => all + row[of], 0)
  const counts = `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} not run`
  return `${rows.length} of ${subjects.length} subjects on Node ${process.versions.node}: ${counts}`
}

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ subject, passed, failed, skipped }) => [
    subject,
    ...[passed, failed, skipped].map(String),
  ])
  return [['SUBJECT', 'PASSED', 'FAILED', 'SKIPPED'], ...lines]
    .map(
      ([subject = '', ...counts]) => subject.padEnd(24) + counts.map((count) => count.padStart(9)).join(''),
    )
    .join('\n')
}
