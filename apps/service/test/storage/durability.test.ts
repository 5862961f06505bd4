import { createHash } from 'node:crypto'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { SegmentSummary } from '@assay/protocol'
import { expect, it } from 'vitest'
import { createAppRepository } from '../../src/storage/repositories/apps.repository.ts'
import { createBuildRepository } from '../../src/storage/repositories/builds.repository.ts'
import { openDatabase, openFileBlobs } from '../../src/storage/index.ts'
import { childProcesses } from './support/child-process.ts'
import { temporaryFolders } from './support/sqlite-world.ts'

const program = fileURLToPath(new URL('programs/register-builds.ts', import.meta.url))
/** Three in an ordinary run, sixty with the 2000 cases of the nightly one. */
const rounds = Math.ceil((3 * Number(process.env['ASSAY_RUNS'])) / 100)
const startProgram = childProcesses()
const makeFolder = temporaryFolders()

interface Acknowledged {
  app: string
  signer: string
  segments: SegmentSummary[]
}

/** Runs the program until it has acknowledged so much, and kills it so many milliseconds later. */
async function registerUntilKilled(
  folder: string,
  run: string,
  count: number,
  delay: number,
): Promise<Acknowledged[]> {
  const child = startProgram(program, folder, run)
  const acknowledged: Acknowledged[] = []
  let killed: Promise<void> | undefined
  for await (const line of child.lines) {
    acknowledged.push(JSON.parse(line) as Acknowledged)
    if (acknowledged.length === count) killed = setTimeout(delay).then(() => child.kill())
  }
  await killed
  expect(acknowledged.length).toBeGreaterThanOrEqual(count)
  return acknowledged
}

async function expectWhole(folder: string, acknowledged: Acknowledged[]): Promise<void> {
  const { db, close } = await openDatabase({ kind: 'sqlite', folder })
  const blobs = openFileBlobs(path.join(folder, 'blobs'))
  const [apps, builds] = [createAppRepository({ db }), createBuildRepository({ db })]
  for (const { app, signer, segments } of acknowledged) {
    expect((await apps.find(app))?.signers).toEqual([signer])
    expect((await builds.find(app, '1'))?.segments).toEqual(segments)
  }
  // Also of what was registered, but not acknowledged any more.
  for (const { app, id } of await builds.listActive()) {
    const build = await builds.find(app, id)
    expect(build?.segments.length).toBeGreaterThan(0)
    expect((await apps.find(app))?.signers).toHaveLength(1)
    for (const { sha256, length } of build?.segments ?? []) {
      const hash = createHash('sha256')
      for (const chunk of blobs.open(sha256, length).chunks()) hash.update(chunk)
      expect(hash.digest('hex')).toBe(sha256)
    }
  }
  blobs.close()
  await close()
}

it(
  'loses nothing acknowledged, and nothing half, to kill -9 at any moment',
  { timeout: 160_000 * rounds },
  async () => {
    const folder = makeFolder()
    const acknowledged: Acknowledged[] = []
    for (let run = 0; run < rounds; run += 1) {
      // Numbers that spread over their range without pattern; the machine's own speed does the rest.
      const [count, delay] = [1 + ((run * 7) % 25), (run * 11) % 20]
      acknowledged.push(...(await registerUntilKilled(folder, String(run), count, delay)))
      await expectWhole(folder, acknowledged)
    }
  },
)
