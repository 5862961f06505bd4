import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { remedyTexts } from '@assay/client/remedy-texts'
import type { GuardCrypto } from '@assay/guard'
import { encodeCases, makeCases } from './requests/file/generate.ts'
import { loadedFunctions } from './requests/file/loaded-functions.ts'
import { countOf, type Family } from './wire/case/case.ts'
import { families } from './wire/families/families.ts'
import { toolNameFiles } from './wire/tables/tool-names.ts'
import { statusListSchema, statusLists } from './wire/guards/status-lists.ts'
import { protocolPage, protocolPageFile, readProtocolPage } from './wire/protocol-page.ts'
import { encodeFamily, vectorFolder } from './wire/vector-file/vector-file.ts'

interface WrittenFile {
  readonly file: string
  /** @param crypto by which the guard decides; default: Web Crypto */
  readonly text: (crypto?: GuardCrypto) => string | Promise<string>
  /** What is in it. */
  readonly says?: string
}

const inFolder = (...names: readonly string[]) => path.join(vectorFolder, ...names)

function fileOfFamily(folder: string, family: Family): WrittenFile {
  const { accepted, refused } = countOf(family)
  const name = `${folder}${family.name}`
  return {
    file: inFolder(`${name}.json`),
    text: () => encodeFamily(family),
    says: `${name}: ${accepted} accepted, ${refused} refused`,
  }
}

const inLines = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

/** Every file of `packages/shared/vectors`, and the page with generated parts. */
export const writtenFiles: readonly WrittenFile[] = [
  ...families.map((family) => fileOfFamily('', family)),
  fileOfFamily('guards/', statusLists),
  { file: inFolder('guards/status-list.schema.json'), text: () => inLines(statusListSchema) },
  { file: inFolder('guards/assay_guard_2.lua'), text: loadedFunctions },
  { file: inFolder('texts/remedies.json'), text: () => inLines(remedyTexts) },
  ...[...toolNameFiles].map(([file, text]) => ({ file, text: () => text })),
  {
    file: inFolder('requests.json'),
    text: async (crypto) => encodeCases(await makeCases(crypto)),
    says: 'requests: as the guard decides',
  },
  { file: protocolPageFile, text: () => protocolPage(readProtocolPage()) },
]

/** Writes every file again, and says what is in it. */
export async function writeVectors(print: (line: string) => void): Promise<void> {
  for (const { file, text, says } of writtenFiles) {
    writeFileSync(file, await text())
    if (says !== undefined) print(says)
  }
}
