import { rmSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openDatabase } from '../../src/storage/index.ts'

const file = 'assay.sqlite'
let template: Promise<string> | undefined

/**
 * Makes `folder` with an empty database in it whose schema steps have all run: a copy costs a hundredth of running them.
 * Whoever opens it finds nothing left to do; `migrate.suite.ts` runs the steps themselves.
 */
export async function makeMigratedFolder(folder: string): Promise<void> {
  const from = await (template ??= makeTemplate())
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await copyFile(path.join(from, file), path.join(folder, file))
}

async function makeTemplate(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'assay-template-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const database = await openDatabase({ kind: 'sqlite', folder })
  await database.close()
  return folder
}
