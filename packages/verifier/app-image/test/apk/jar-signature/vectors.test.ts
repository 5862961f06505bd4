import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { jarEntries } from '../../../src/apk/signature/jar-entries.ts'
import { verifyJarSignature } from '../../../src/apk/jar-signature/index.ts'
import { readArchive } from '../../../src/zip/archive.ts'
import { openByteSource } from '../../../src/zip/byte-source.ts'
import { refusalOf } from './expect-refusal.ts'

interface Verdicts {
  readonly source: string
  readonly ranges: readonly (readonly [minSdk: number, maxSdk: number | null])[]
  /** By file, one character per range: `+` where the JAR signature verifies. */
  readonly verdicts: Readonly<Record<string, string>>
}

const here = import.meta.dirname
const folder = path.join(here, '../../../../../../../shared/vectors/apk/files')
const { ranges, verdicts } = JSON.parse(
  readFileSync(path.join(here, 'apksig-verdicts.json'), 'utf8'),
) as Verdicts

test('every JAR-signed vector is judged as apksig judges it, on all ranges of API levels', async () => {
  if (!existsSync(folder)) {
    console.log('not run: the evidence vectors are not beside the checkout')
    expect(process.env.ASSAY_REQUIRE_ALL).not.toBe('1')
    return
  }
  for (const [file, expected] of Object.entries(verdicts)) {
    expect([file, await judge(path.join(folder, file))]).toEqual([file, expected])
  }
})

async function judge(file: string): Promise<string> {
  const source = openByteSource(file)
  try {
    const entries = await jarEntries(readArchive(source))
    return ranges
      .map(([minSdk, maxSdk]) => {
        const levels = { entries, minSdk, maxSdk: maxSdk ?? 0x7fff_ffff }
        let signed = false
        const code = refusalOf(() => (signed = verifyJarSignature(levels) !== undefined))
        return code === undefined && signed ? '+' : '-'
      })
      .join('')
  } finally {
    source.close()
  }
}
