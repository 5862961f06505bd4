import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Case, Family } from '../case/case.ts'
import { countOf } from '../case/case.ts'
import { families } from '../families/families.ts'

/** `packages/shared/vectors`, from `src` as well as from `dist`. */
export const vectorFolder = fileURLToPath(new URL('../../../../packages/shared/vectors/', import.meta.url))

/** The file of a family: JSON in ASCII, one line for each case, so that a change of one case is a change of one line. */
export function encodeFamily({ name, about, floor, cases }: Family): string {
  const lines = cases.map((one) => ascii(JSON.stringify(one)))
  const head = ascii(JSON.stringify({ family: name, about, floor })).slice(0, -1)
  return `${head},"cases":[\n${lines.join(',\n')}\n]}\n`
}

/** What is beyond ASCII as escapes, so that no editor or normalisation changes it. */
function ascii(text: string): string {
  return text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export function fileOf(family: string): string {
  return path.join(vectorFolder, `${family}.json`)
}

/** A family as its file has it. */
export function readFamily(name: string): Family {
  const { family, about, floor, cases } = JSON.parse(readFileSync(fileOf(name), 'utf8')) as {
    family: string
    about: string
    floor: Family['floor']
    cases: Case[]
  }
  return { name: family, about, floor, cases }
}

/** Writes every file again and says what is in it. */
export function writeVectors(print: (line: string) => void): void {
  for (const family of families) {
    writeFileSync(fileOf(family.name), encodeFamily(family))
    const { accepted, refused } = countOf(family)
    print(`${family.name}: ${accepted} accepted, ${refused} refused`)
  }
}
