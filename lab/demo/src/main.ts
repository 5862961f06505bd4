import pc from 'picocolors'
import { createStory, type DemoRow, type Story } from './row.ts'
import { embeddedSecretRows, genuineRows } from './rows/genuine.ts'
import { replayRows } from './rows/replays.ts'
import { tamperedAppRows, unregisteredBuildRows } from './rows/tampered-apps.ts'
import { copiedKeyRows } from './rows/copied-keys.ts'
import { brokenEvidenceRows, genuinePhoneRows } from './rows/phones.ts'
import { tokenRows } from './rows/tokens-and-proofs.ts'
import { setStage } from './stage.ts'
import { table } from './table.ts'

const json = process.argv.includes('--json')
const tell = (line: string) => void (json ? process.stderr : process.stdout).write(`${line}\n`)
const asExpected = (row: DemoRow) => row.actual === row.expected
const mark = (row: DemoRow) => (asExpected(row) ? pc.green('ok  ') : pc.red('FAIL'))

const story = createStory(tell, mark)
await play(story)
const ok = story.rows.length > 0 && story.rows.every(asExpected)
if (json) {
  process.stdout.write(`${JSON.stringify({ rows: story.rows, ok }, null, 2)}\n`)
} else {
  tell(`\n${table(story.rows)}`)
  const failed = story.rows.filter((row) => !asExpected(row)).map(({ name }) => name)
  tell(
    ok
      ? `\nAll ${story.rows.length} rows came out as they should. Next: docs/guides/quickstart.md, with an app of your own.`
      : `\nNot as it should: ${failed.join('; ') || 'there are no rows'}.`,
  )
}
process.exitCode = ok ? 0 : 1

async function play(story: Story): Promise<void> {
  const stage = await setStage(story)
  try {
    await genuineRows(stage, story)
    await embeddedSecretRows(stage, story)
    await tamperedAppRows(stage, story)
    await unregisteredBuildRows(stage, story)
    await replayRows(stage, story)
    await tokenRows(stage, story)
    await genuinePhoneRows(stage, story)
    await brokenEvidenceRows(stage, story)
    await copiedKeyRows(stage, story)
  } finally {
    await stage.close()
  }
}
