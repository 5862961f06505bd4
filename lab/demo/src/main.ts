import { runCommand, tellBeside } from '@assay/testkit/command-line'
import pc from 'picocolors'
import { readOptions, usage, type Options } from './options.ts'
import { createStory, type DemoRow, type Story } from './row/row.ts'
import { embeddedSecretRows, genuineRows, proxiedRows } from './rows/genuine.ts'
import { replayRows } from './rows/replays.ts'
import { tamperedAppRows, unregisteredBuildRows } from './rows/tampered-apps.ts'
import { copiedKeyRows } from './rows/copied-keys.ts'
import { brokenEvidenceRows, genuinePhoneRows } from './rows/phones.ts'
import { nativePhoneRows } from './rows/native-phones.ts'
import { phoneSdkRows } from './rows/phone-sdks.ts'
import { tokenRows } from './rows/tokens-and-proofs.ts'
import { keep } from './keep.ts'
import { setStage } from './stage/stage.ts'
import { summary } from './summary.ts'
import { table } from './table.ts'

await runCommand(usage, readOptions, async (options) =>
  options.keep ? (await keep()) === 0 : demonstrate(options),
)

/** Whether everything had the expected outcome. */
async function demonstrate({ json }: Options): Promise<boolean> {
  const tell = tellBeside(json)
  const asExpected = (row: DemoRow) => row.actual === row.expected
  const story = createStory(tell, (row) => (asExpected(row) ? pc.green('ok  ') : pc.red('FAIL')))
  await play(story)
  const failed = story.rows.filter((row) => !asExpected(row)).map(({ name }) => name)
  const ok = story.rows.length > 0 && failed.length === 0
  if (json) {
    process.stdout.write(`${JSON.stringify({ rows: story.rows, ok }, null, 2)}\n`)
    return ok
  }
  tell(`\n${table(story.rows)}\n\n${summary(story.rows)}`)
  tell(
    ok
      ? `\nAll ${story.rows.length} rows came out as they should. Next: docs/guides/quickstart.md, with an app of your own.`
      : `\nNot as it should: ${failed.join('; ') || 'there are no rows'}.`,
  )
  return ok
}

async function play(story: Story): Promise<void> {
  const stage = await setStage(story)
  try {
    await genuineRows(stage, story)
    await embeddedSecretRows(stage, story)
    await proxiedRows(stage, story)
    await tamperedAppRows(stage, story)
    await unregisteredBuildRows(stage, story)
    await replayRows(stage, story)
    await tokenRows(stage, story)
    await genuinePhoneRows(stage, story)
    await brokenEvidenceRows(stage, story)
    await copiedKeyRows(stage, story)
    await nativePhoneRows(stage, story)
  } finally {
    await stage.close()
  }
  await phoneSdkRows(story)
}
