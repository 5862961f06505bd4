import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { countOf } from '../case/case.ts'
import { encodeFamily, vectorFolder } from '../vector-file/vector-file.ts'
import { statusListSchema, statusLists } from './status-lists.ts'

/** What guards in other languages read, by the names of the files. */
export const guardFiles: Readonly<Record<string, () => string>> = {
  'status-lists.json': () => encodeFamily(statusLists),
  'status-list.schema.json': () => `${JSON.stringify(statusListSchema, null, 2)}\n`,
}

export const guardFolder = path.join(vectorFolder, 'guards')

/** Writes every file again and says what is in it. */
export function writeGuardFiles(print: (line: string) => void): void {
  for (const [name, text] of Object.entries(guardFiles)) writeFileSync(path.join(guardFolder, name), text())
  const { accepted, refused } = countOf(statusLists)
  print(`guards/${statusLists.name}: ${accepted} accepted, ${refused} refused`)
}
