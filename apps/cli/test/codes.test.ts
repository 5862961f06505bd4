import { readFileSync } from 'node:fs'
import path from 'node:path'
import prettier from 'prettier'
import { expect, test } from 'vitest'
import { appImageErrorCodes } from '@assay/app-image'
import { appraisalReasonCodes, policyErrorCodes } from '@assay/appraisal'
import { androidKeyErrorCodes } from '@assay/evidence/android-key-attestation'
import { appAttestErrorCodes } from '@assay/evidence/apple-app-attest'
import { playIntegrityErrorCodes } from '@assay/evidence/play-integrity'
import { softwareErrorCodes } from '@assay/evidence/software'
import { problemCodes } from '@assay/protocol'
import {
  attestationDenialCodes,
  buildReadingCodes,
  serviceErrorCodes,
  storageErrorCodes,
} from '@assay/service'
import { codeExplanations } from '../src/codes/index.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const page = readFileSync(path.join(root, 'docs/errors.md'), 'utf8')

/**
 * The tables of `docs/errors.md` whose codes the CLI shows. What it says about them is written from there:
 * after a change run `npx vitest run apps/cli/test/codes.test.ts -u`.
 */
const files = {
  problems: ['Problems of the HTTP API', 'problems'],
  evidence: ['Evidence', 'evidence'],
  admission: ['Evidence: admission, agreement, anchors', 'admission'],
  'android-key-attestation': ['Evidence: Android Key Attestation', 'androidKeyAttestation'],
  'apple-app-attest': ['Evidence: App Attest', 'appleAppAttest'],
  'play-integrity': ['Evidence: Play Integrity', 'playIntegrity'],
  appraisal: ['Appraisal', 'appraisal'],
  policies: ['Policies', 'policies'],
  'refused-builds': ['Refused builds', 'refusedBuilds'],
  start: ['Start of the service', 'start'],
  storage: ['Storage', 'storage'],
} as const

test.each(Object.entries(files))('codes/%s.ts says what the page says', async (file, [section, name]) => {
  const target = path.resolve(import.meta.dirname, `../src/codes/${file}.ts`)
  await expect(await sourceOf(section, name, target)).toMatchFileSnapshot(target)
})

test('every code of a trace, of a refused policy or build, and of a service that does not start is explained', () => {
  const codes = [
    ...problemCodes,
    ...softwareErrorCodes,
    ...attestationDenialCodes,
    ...androidKeyErrorCodes,
    ...appAttestErrorCodes,
    ...playIntegrityErrorCodes,
    ...appraisalReasonCodes,
    ...policyErrorCodes,
    ...appImageErrorCodes,
    ...buildReadingCodes,
    ...serviceErrorCodes,
    ...storageErrorCodes,
  ]
  expect([...codeExplanations.keys()].sort()).toEqual([...new Set(codes)].sort())
})

async function sourceOf(section: string, name: string, target: string): Promise<string> {
  const entries = rowsOf(section).map(
    ([code, meaning, action]) =>
      `${code}: { meaning: ${JSON.stringify(meaning)}, action: ${JSON.stringify(action)} },`,
  )
  const source = `import type { CodeExplanation } from './code-explanation.ts'

/** Written by a test from the section "${section}" of docs/errors.md. */
export const ${name}: Readonly<Record<string, CodeExplanation>> = {
${entries.join('\n')}
}
`
  const options = await prettier.resolveConfig(target)
  return prettier.format(source, { ...options, filepath: target })
}

/** Code, meaning and action of each row, without what is markup. */
function rowsOf(section: string): string[][] {
  const found = page.split(/^## /m).find((part) => part.startsWith(`${section}\n`))
  const [head, , ...rows] = (found ?? '')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const at = (column: string) => head?.indexOf(column) ?? -1
  return rows.map((row) => [
    (row[at('code')] ?? '').replaceAll('`', ''),
    plain(row[at('meaning')] ?? ''),
    plain(row[at('what to do')] ?? ''),
  ])
}

function plain(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/\b_([^_]+)_\b/g, '$1')
}
