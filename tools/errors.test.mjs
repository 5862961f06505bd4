/**
 * Holds docs/errors.md against the code, both ways: each code has its row, each row its code, and what a row says of
 * status, answer, retrying and exit code is what the code does. The scan of the sources is the canary: a family of
 * codes that nobody added here fails it.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { appImageErrorCodes } from '@assay/app-image'
import { appraisalReasonCodes, policyErrorCodes } from '@assay/appraisal'
import { cliErrorCodes, doctorFindingCodes, exitCodes } from '@assay/cli'
import { AssayClientError, clientErrorCodes } from '@assay/client'
import { codecErrorCodes } from '@assay/codec'
import { androidKeyErrorCodes } from '@assay/evidence/android-key-attestation'
import { appAttestErrorCodes } from '@assay/evidence/apple-app-attest'
import { exampleErrorCodes } from '@assay/evidence/example'
import { playIntegrityErrorCodes } from '@assay/evidence/play-integrity'
import { softwareErrorCodes } from '@assay/evidence/software'
import { guardErrorCodes, guardMalfunctionCodes, guardProblemCodes, guardRefusalCodes } from '@assay/guard'
import { measurementErrorCodes } from '@assay/measurement'
import { jsonFaults, problemCodes, problems } from '@assay/protocol'
import {
  attestationDenialCodes,
  buildReadingCodes,
  serviceErrorCodes,
  storageErrorCodes,
  vendorErrorCodes,
} from '@assay/service'
import { expect, test } from 'vitest'
import { malfunction, refuse } from '../packages/relying-party/guard/src/decision/denials.ts'

const root = path.resolve(import.meta.dirname, '..')

/** The sections of the page and the arrays whose codes each holds, by the arrays' own names. */
const families = {
  'Problems of the HTTP API': { problemCodes },
  'Refused builds': { appImageErrorCodes, buildReadingCodes },
  SDK: { clientErrorCodes },
  'Guard: answers to the caller': { guardProblemCodes },
  'Guard: codes of the log': { guardRefusalCodes, guardMalfunctionCodes, guardErrorCodes },
  Evidence: { softwareErrorCodes },
  'Evidence: admission, agreement, anchors': { attestationDenialCodes },
  'Evidence: Android Key Attestation': { androidKeyErrorCodes },
  'Evidence: App Attest': { appAttestErrorCodes },
  'Evidence: Play Integrity': { playIntegrityErrorCodes },
  'Evidence: the template': { exampleErrorCodes },
  Appraisal: { appraisalReasonCodes },
  Policies: { policyErrorCodes },
  Measurement: { measurementErrorCodes },
  'Start of the service': { serviceErrorCodes },
  Storage: { storageErrorCodes },
  Vendors: { vendorErrorCodes },
  Codec: { codecErrorCodes },
  CLI: { cliErrorCodes },
  'Findings of assay doctor': { doctorFindingCodes },
  'Exit codes of the CLI': { exitCodes: ['0', ...Object.values(exitCodes).map(String)] },
}

const page = readFileSync(path.join(root, 'docs/errors.md'), 'utf8')
const sections = readSections(page)

/** Rows of the tables whose first column is `code`, as objects by column, under the heading that they stand below. */
function readSections(text) {
  const found = new Map()
  for (const part of text.split(/^## /m).slice(1)) {
    const [heading, ...lines] = part.split('\n')
    const [head, , ...rows] = lines.filter((line) => line.startsWith('|')).map(cells)
    if (head?.[0] !== 'code') continue
    found.set(
      heading,
      rows.map((row) => Object.fromEntries(head.map((column, i) => [column, row[i]]))),
    )
  }
  return found
}

function cells(line) {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}

/** The rows of a section by their code, which stands in backticks. */
function rowsOf(section) {
  return new Map(sections.get(section).map((row) => [/^`([^`]+)`$/.exec(row.code)?.[1], row]))
}

/** Names of the exported constants that end in `Codes`, in the sources of packages and apps below `folder`. */
function exportedCodes(folder) {
  return ['packages', 'apps'].flatMap((top) =>
    readdirSync(path.join(folder, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => isSource(path.relative(folder, file).split(path.sep)))
      .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^export const (\w*Codes)\b/gm)])
      .map(([, name]) => name),
  )
}

/** `packages/<role>/<name>/src/…` or `apps/<name>/src/…`. */
function isSource(parts) {
  return parts[parts[0] === 'packages' ? 3 : 2] === 'src'
}

test('the page has a section for each family, and no table of codes besides', () => {
  expect([...sections.keys()].sort()).toEqual(Object.keys(families).sort())
})

test.each(Object.entries(families))('%s: the codes are those of the code, each once', (section, arrays) => {
  const codes = [...new Set(Object.values(arrays).flat())]
  const documented = sections.get(section).map(({ code }) => code)
  expect(codes.length).toBeGreaterThan(0)
  expect(documented.toSorted()).toEqual(codes.map((code) => `\`${code}\``).toSorted())
})

test.each(Object.keys(families))('%s: each row says what it means and what to do', (section) => {
  const unhelpful = sections
    .get(section)
    .filter((row) => !/\w{2}/.test(row.meaning ?? '') || !/\w{2}/.test(row['what to do'] ?? ''))
  expect(unhelpful).toEqual([])
})

test('each family of codes in the sources is one that this test knows', () => {
  const known = Object.values(families).flatMap((arrays) => Object.keys(arrays))
  expect(exportedCodes(root).sort()).toEqual(known.sort())
})

test('a family that is planted in the sources is found, wherever in them it stands', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-errors-'))
  const plant = (file, text) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    writeFileSync(path.join(folder, file), text)
  }
  try {
    plant('packages/verifier/new/src/deep/down/a.ts', "\nexport const newErrorCodes = [\n  'NEW_FAULT',\n]\n")
    plant('apps/new/src/a.tsx', 'export const otherCodes: readonly string[] = []\n')
    plant('packages/verifier/new/test/a.ts', 'export const testCodes = []\n')
    plant('apps/new/dist/a.js', 'export const builtCodes = []\n')
    expect(exportedCodes(folder)).toEqual(['newErrorCodes', 'otherCodes'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('problems of the HTTP API: the status is the one that is answered', () => {
  const rows = rowsOf('Problems of the HTTP API')
  for (const code of problemCodes) expect(rows.get(code).status, code).toBe(String(problems[code].status))
})

test('guard: the codes of the log lead to the answers that the page gives, with DPoP and with a PoP JWT', () => {
  const rows = rowsOf('Guard: codes of the log')
  const statuses = rowsOf('Guard: answers to the caller')
  const context = { mode: 'bound', attested: null }
  for (const code of guardErrorCodes) {
    const decisions = guardMalfunctionCodes.includes(code)
      ? [malfunction({ code })]
      : ['dpop_combined', 'attestation_pop_jwt'].map((method) => refuse(code, { ...context, method }))
    const answers = new Set(decisions.map(({ body, status }) => `\`${body.code}\` ${status}`))
    expect(rows.get(code).answered, code).toBe([...answers].join(' or '))
    for (const { body, status } of decisions)
      expect(statuses.get(body.code).status, body.code).toBe(String(status))
  }
})

test('SDK: what the page calls retryable is retryable', () => {
  const rows = rowsOf('SDK')
  for (const code of clientErrorCodes) {
    expect(rows.get(code).retryable, code).toBe(new AssayClientError(code).retryable ? 'yes' : 'no')
  }
})

test('CLI: each exit code is one that the page explains', () => {
  const explained = [...rowsOf('Exit codes of the CLI').keys()]
  for (const [code, { exit }] of rowsOf('CLI')) expect(explained, code).toContain(exit)
})

test('the page says how each fault of the JSON parser shows', () => {
  for (const fault of jsonFaults) expect(page).toContain(`\`${fault}\``)
})

test('links within the page lead to one of its headings', () => {
  const slug = (heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-')
  const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => slug(heading))
  const targets = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, target]) => target)
  expect(targets.length).toBeGreaterThan(0)
  expect(targets.filter((target) => !anchors.includes(target))).toEqual([])
})
