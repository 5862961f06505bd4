/**
 * Checks the tables of rules in docs/evidence/ against the code: each code has a rule, each rule names a check that is
 * there, and a test that asserts its code.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { androidKeyAttestation, androidKeyErrorCodes } from '../src/android-key-attestation/index.ts'
import { appAttestErrorCodes, appleAppAttest } from '../src/apple-app-attest/index.ts'
import { playIntegrity, playIntegrityErrorCodes } from '../src/play-integrity/index.ts'
import { software, softwareErrorCodes } from '../src/software/index.ts'

const root = path.resolve(import.meta.dirname, '../../../..')
const folder = path.resolve(import.meta.dirname, '..')

interface Rule {
  readonly rule: string
  readonly checks: readonly string[]
  readonly code: string
  readonly test: string
}

/** Rows of the tables that have the columns rule, check, code and test. */
function rulesOf(format: string): Rule[] {
  const page = readFileSync(path.join(root, 'docs/evidence', `${format}.md`), 'utf8')
  return page
    .split(/\n(?=\| rule )/)
    .slice(1)
    .flatMap((part) => tableRows(part).slice(2).map(readRule))
}

function tableRows(part: string): string[][] {
  const lines = part.split('\n')
  const end = lines.findIndex((line) => !line.startsWith('|'))
  return lines.slice(0, end === -1 ? undefined : end).map((line) => line.split('|').slice(1, -1))
}

function readRule(cells: string[]): Rule {
  const [rule = '', checks = '', code = '', file = ''] = cells.map((cell) => cell.trim())
  const quoted = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text as string)
  return { rule, checks: quoted(checks), code: quoted(code)[0] ?? '', test: quoted(file)[0] ?? '' }
}

const formats: readonly [format: string, codes: readonly string[]][] = [
  [software.descriptor.name, softwareErrorCodes],
  // A receipt refuses no evidence.
  [appleAppAttest.descriptor.name, appAttestErrorCodes.filter((code) => code !== 'APP_ATTEST_RECEIPT')],
  [androidKeyAttestation.descriptor.name, androidKeyErrorCodes],
  [playIntegrity.descriptor.name, playIntegrityErrorCodes],
]

describe.each(formats)('the rules of %s', (format, codes) => {
  const rules = rulesOf(format)

  test('each code has a rule, and each rule a code', () => {
    expect([...new Set(rules.map(({ code }) => code))].toSorted()).toEqual([...codes].toSorted())
  })

  test.each(rules)('$code: $rule', ({ checks, code, test: file }) => {
    expect(checks).not.toEqual([])
    for (const check of checks) expect(existsSync(path.join(folder, 'src', format, check)), check).toBe(true)
    const tests = readFileSync(path.join(folder, 'test', format, file), 'utf8')
    expect(tests).toContain(`'${code}'`)
  })
})
