import { writeFileSync } from 'node:fs'
import { countOf } from './case.ts'
import { families } from './families.ts'
import { encodeFamily, fileOf } from './vector-file.ts'

/** Writes every file again and says what is in it. */
export function writeVectors(print: (line: string) => void): void {
  for (const family of families) {
    writeFileSync(fileOf(family.name), encodeFamily(family))
    const { accepted, refused } = countOf(family)
    print(`${family.name}: ${accepted} accepted, ${refused} refused`)
  }
}
