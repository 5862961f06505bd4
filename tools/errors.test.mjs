/**
 * Checks docs/errors.md against the code. Each code is described once, in the `codes.ts` of its package, from which the page
 * is written. The scan of the sources is the canary: it fails for a table that no section shows.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { codeSections } from '@assay/cli/codes'
import { AssayClientError } from '@assay/client'
import { clientCodes } from '@assay/client/codes'
import { guardErrorCodes, guardMalfunctionCodes } from '@assay/guard/codes'
import { jsonFaults } from '@assay/protocol'
import { expect, test } from 'vitest'
import { malfunction, refuse } from '../packages/relying-party/guard/src/guard/decision.ts'
import { anchorOf, withTables } from './errors-page.mjs'

const root = path.resolve(import.meta.dirname, '..')
const page = readFileSync(path.join(root, 'docs/errors.md'), 'utf8')
const section = (heading) => codeSections.find((each) => each.heading === heading)

/** Product sources below `folder`: `packages/<role>/<name>/src/…` and `apps/<name>/src/…`. */
function sources(folder) {
  return ['packages', 'apps'].flatMap((top) =>
    readdirSync(path.join(folder, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => {
        const parts = path.relative(folder, file).split(path.sep)
        return parts[parts[0] === 'packages' ? 3 : 2] === 'src' && !parts.includes('node_modules')
      }),
  )
}

/** The contents of the tables of codes in the sources, by the names of the tables. Fields of forms have no codes. */
function tablesIn(folder) {
  const tables =
    /^export const (?!\w+Fields\b)(\w+) = \{\n([\s\S]*?)^\} as const satisfies (?:(?:Code|Error|Problem|Sdk)Table|Record)\b/gm
  return new Map(
    sources(folder).flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(tables)].map(([, name, body]) => [
        name,
        [...body.matchAll(/^ {2}(\w+): \{/gm)].map(([, code]) => code),
      ]),
    ),
  )
}

/** Finds lists of codes besides the tables, which would describe a code in two places. */
function listsIn(folder) {
  return sources(folder).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^export const (\w*Codes)\b[^=\n]*= \[\s*['\n]/gm)].map(
      ([, name]) => name,
    ),
  )
}

test('the page equals what `npm run docs:write` writes', () => {
  expect(withTables(page, codeSections)).toBe(page)
})

test('the page changes with a text, a new code and a new section', () => {
  const [first, ...others] = codeSections
  const [code, text] = [...first.codes][0]
  const changed = (codes) => withTables(page, [{ ...first, codes: new Map(codes) }, ...others])
  expect(changed([...first.codes, [code, { ...text, action: 'Do something else.' }]])).not.toBe(page)
  expect(changed([...first.codes, ['code_more', text]])).not.toBe(page)
  expect(() => withTables(page, [...codeSections, { ...first, heading: 'More' }])).toThrow('“More”')
  expect(() => withTables(page, others)).toThrow(`“${first.heading}”`)
})

test('the page shows every table of codes in the sources, and no other codes', () => {
  const tables = tablesIn(root)
  expect(tables.size).toBeGreaterThan(20)
  const shown = new Set(codeSections.flatMap(({ codes }) => [...codes.keys()]))
  const described = new Set([...tables.values()].flat())
  expect([...described].filter((code) => !shown.has(code))).toEqual([])
  expect([...shown].filter((code) => !described.has(code))).toEqual([])
})

test('no file lists codes besides the tables', () => {
  expect(listsIn(root)).toEqual([])
})

test('the scan finds a planted table or list anywhere in the sources', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-errors-'))
  const plant = (file, text) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    writeFileSync(path.join(folder, file), text)
  }
  const table = (name) =>
    `\nexport const ${name} = {\n  NEW_FAULT: {\n    meaning: '',\n  },\n} as const satisfies CodeTable\n`
  try {
    plant('packages/verifier/new/src/deep/down/a.ts', table('newCodes'))
    plant('packages/verifier/new/src/b.ts', "export const newErrorCodes = [\n  'NEW_FAULT',\n] as const\n")
    plant('apps/new/src/a.tsx', "export const otherCodes: readonly string[] = ['A']\n")
    plant('packages/verifier/new/test/a.ts', table('testCodes'))
    plant('apps/new/dist/a.js', table('builtCodes'))
    expect(tablesIn(folder)).toEqual(new Map([['newCodes', ['NEW_FAULT']]]))
    expect(listsIn(folder)).toEqual(['newErrorCodes', 'otherCodes'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test.each(codeSections)('$heading: each code says what it means and what to do', ({ codes }) => {
  expect(codes.size).toBeGreaterThan(0)
  const described = [...codes.values()].flatMap(({ meaning, action }) => [meaning, action])
  expect(described.filter((text) => !/\w{2}.*[.!?]$/.test(text) || /[|\n]/.test(text))).toEqual([])
})

test('guard: the codes of the log lead to the answers that the page gives, with DPoP, with a PoP JWT and of the kind access', () => {
  const log = section('Guard: codes of the log').codes
  const answers = section('Guard: answers to the caller').codes
  const context = { mode: 'bound', attested: null }
  for (const code of guardErrorCodes) {
    const decisions = guardMalfunctionCodes.includes(code)
      ? [malfunction({ code })]
      : [
          { kind: 'attestation', method: 'dpop_combined' },
          { kind: 'attestation', method: 'attestation_pop_jwt' },
          { kind: 'access', method: 'dpop_combined' },
        ].map((by) => refuse(code, { ...context, ...by }))
    const answered = new Set(decisions.map(({ body, status }) => `\`${body.code}\` ${status}`))
    expect(log.get(code).columns.answered, code).toBe([...answered].join(' or '))
    for (const { body, status } of decisions)
      expect(answers.get(body.code).columns.status, body.code).toBe(String(status))
  }
})

test('SDK: the codes that the table calls retryable are retryable', () => {
  for (const [code, { retryable }] of Object.entries(clientCodes))
    expect(new AssayClientError(code).retryable, code).toBe(retryable)
})

/** What the phones' SDKs say of each code: its remedy; undefined if it is retryable. */
const phoneSdks = {
  Android: {
    file: 'packages/attester/android/core/src/main/kotlin/dev/assay/core/AssayException.kt',
    remediesIn: (source) =>
      [...source.matchAll(/^ {4}([A-Z_]+)\((?:true|false, "(.*)")\),$/gm)].map(([, name, remedy]) => [
        name.toLowerCase(),
        remedy,
      ]),
  },
  iOS: {
    file: 'packages/attester/ios/Sources/AssayCore/Platform/AssayError.swift',
    remediesIn(source) {
      const [, cases, remedies] = source.match(/enum Code: ([\s\S]*?)\n {4}var remedy: ([\s\S]*?)\n {4}\}\n/)
      const named = [...cases.matchAll(/^ {4}case (.*)$/gm)].flatMap(([, list]) =>
        [...list.matchAll(/(\w+)(?: = "(\w+)")?/g)].map(([, name, text = name]) => [name, text]),
      )
      const texts = new Map(
        [...remedies.matchAll(/case ([^:]*): "(.*)"/g)].flatMap(([, list, text]) =>
          [...list.matchAll(/\.(\w+)/g)].map(([, name]) => [name, text]),
        ),
      )
      return named.map(([name, text]) => [text, texts.get(name)])
    },
  },
}

test.each(Object.entries(phoneSdks))(
  '%s: its SDK has the codes of the table, with their remedies',
  (_, sdk) => {
    const source = readFileSync(path.join(root, sdk.file), 'utf8')
    const { page_refused: _ofBrowsers, page_outdated: _ofPages, ...shared } = clientCodes
    const described = Object.fromEntries(Object.entries(shared).map(([code, { remedy }]) => [code, remedy]))
    expect(Object.fromEntries(sdk.remediesIn(source))).toStrictEqual(described)
    const changed = source.replace('update the URL', 'update it')
    expect(Object.fromEntries(sdk.remediesIn(changed))).not.toStrictEqual(described)
  },
)

test('the page describes each fault of the JSON parser', () => {
  for (const fault of jsonFaults) expect(page).toContain(`\`${fault}\``)
})

test('links within the page lead to one of its headings', () => {
  const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading))
  const targets = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, target]) => target)
  expect(targets.length).toBeGreaterThan(0)
  expect(targets.filter((target) => !anchors.includes(target))).toEqual([])
})
