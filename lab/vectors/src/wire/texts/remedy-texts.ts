import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { remedyTexts } from '@assay/client/remedy-texts'
import { vectorFolder } from '../vector-file/vector-file.ts'

/** The texts that SDKs in other languages have, too. */
export const remedyTextsFile = path.join(vectorFolder, 'texts', 'remedies.json')

export function encodeRemedyTexts(): string {
  return `${JSON.stringify(remedyTexts, null, 2)}\n`
}

export function writeRemedyTexts(): void {
  writeFileSync(remedyTextsFile, encodeRemedyTexts())
}
