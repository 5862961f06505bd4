import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { layers } from '../layers.mjs'
import { makeRelease } from './make.mjs'
import { git, refusals, toolVersions } from './may-release.mjs'
import { releaseCodes } from './refusals.mjs'

const repository = path.resolve(import.meta.dirname, '../..')
const stated = [
  ...['package.json', 'owner.json', 'packages/attester/android/pom.xml', 'deploy/helm/assay/Chart.yaml'],
  ...['Assay.podspec', 'AssayCore.podspec'],
  ...Object.values(layers).map(({ dir }) => `${dir}/package.json`),
]
const present = { git: 'git version 2', npm: '11', tar: 'GNU tar', gzip: '1', mvn: '3.9', java: '17' }
let place = ''
let root = ''

const edit = (file, change) =>
  writeFileSync(path.join(root, file), change(readFileSync(path.join(root, file), 'utf8')))
const commit = () => {
  git(root, 'add', '--all')
  git(root, '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--message', 'a')
}
const codes = (more) =>
  refusals(root, path.join(place, 'release'), { isTrial: false, versions: present, ...more }).map(
    ({ code }) => code,
  )

beforeEach(() => {
  place = mkdtempSync(path.join(os.tmpdir(), 'assay-may-release-'))
  root = path.join(place, 'assay')
  for (const file of stated) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    copyFileSync(path.join(repository, file), path.join(root, file))
  }
  edit('owner.json', (text) => text.replaceAll('owner.invalid', 'example.com'))
  git(root, 'init', '--quiet')
  commit()
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

test('a clean checkout of a version that no tag has may be released', () => {
  git(root, 'tag', '0.0.9')
  expect(codes()).toEqual([])
})

test.each([
  ['RELEASE_TREE_DIRTY', 'a changed file', () => edit('package.json', (text) => `${text}\n`)],
  ['RELEASE_TREE_DIRTY', 'a file that git does not know', () => writeFileSync(path.join(root, 'new'), '')],
  ['RELEASE_TAG_TAKEN', 'a tag', () => git(root, 'tag', '0.1.0')],
  ['RELEASE_TAG_TAKEN', 'a tag with a v', () => git(root, 'tag', 'v0.1.0')],
  ['RELEASE_FOLDER_EXISTS', 'a folder', () => mkdirSync(path.join(place, 'release'))],
  ['RELEASE_FOLDER_EXISTS', 'a file', () => writeFileSync(path.join(place, 'release'), '')],
  ...[
    ['packages/shared/protocol/package.json', '"version": "0.1.0"', '"version": "0.1.1"'],
    ['packages/attester/android/pom.xml', '<version>0.1.0<', '<version>0.1.1<'],
    ['deploy/helm/assay/Chart.yaml', 'appVersion: 0.1.0', 'appVersion: 0.1.1'],
    ['AssayCore.podspec', "version = '0.1.0'", "version = '0.1.1'"],
  ].map(([file, from, to]) => [
    'RELEASE_VERSIONS_DIFFER',
    file,
    () => {
      edit(file, (text) => text.replace(from, to))
      commit()
    },
  ]),
  [
    'RELEASE_OWNER_UNFILLED',
    'one placeholder',
    () => {
      edit('owner.json', (text) => text.replace('security@example.com', 'security@owner.invalid'))
      commit()
    },
  ],
])('%s: %s', (code, _what, spoil) => {
  spoil()
  expect(codes()).toEqual([code])
})

test.each(Object.keys(present))('RELEASE_TOOL_MISSING: %s', (tool) => {
  const [found] = refusals(root, path.join(place, 'release'), {
    isTrial: false,
    versions: { ...present, [tool]: undefined },
  })
  expect([found.code, found.message.endsWith(`(${tool})`)]).toEqual(['RELEASE_TOOL_MISSING', true])
})

test('what has no version, or too old a one, is missing', () => {
  const bin = path.join(place, 'bin')
  mkdirSync(bin)
  const program = (name, says) =>
    writeFileSync(path.join(bin, name), `#!/bin/sh\necho "${says}"\n`, { mode: 0o755 })
  expect(new Set(Object.values(toolVersions({ PATH: bin })))).toEqual(new Set([undefined]))
  program('java', 'openjdk 11.0.2 2019-01-15')
  program('tar', 'bsdtar 3.7.2')
  program('mvn', 'Apache Maven 3.9.9')
  const { java, tar, mvn } = toolVersions({ PATH: bin })
  expect({ java, tar, mvn }).toEqual({ java: undefined, tar: undefined, mvn: 'Apache Maven 3.9.9' })
  program('java', 'openjdk 17.0.21 2026-10-20')
  expect(toolVersions({ PATH: bin }).java).toBe('openjdk 17.0.21 2026-10-20')
})

test('a trial may have placeholders, and nothing else that is refused', () => {
  edit('owner.json', (text) => text.replaceAll('example.com', 'owner.invalid'))
  commit()
  expect(codes()).toEqual(['RELEASE_OWNER_UNFILLED'])
  expect(codes({ isTrial: true })).toEqual([])
  git(root, 'tag', '0.1.0')
  expect(codes({ isTrial: true })).toEqual(['RELEASE_TAG_TAKEN'])
})

test('all reasons are given at once', () => {
  git(root, 'tag', '0.1.0')
  writeFileSync(path.join(root, 'new'), '')
  expect(codes()).toEqual(['RELEASE_TREE_DIRTY', 'RELEASE_TAG_TAKEN'])
})

test('the command refuses before it writes anything, and leaves a folder as it is', () => {
  const folder = path.join(place, 'release')
  mkdirSync(folder)
  writeFileSync(path.join(folder, 'mine'), 'mine')
  const release = (...args) =>
    spawnSync(process.execPath, [path.join(repository, 'tools/release/main.mjs'), ...args], {
      encoding: 'utf8',
      env: { ...process.env, INIT_CWD: place },
    })
  const refused = release('release')
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('RELEASE_FOLDER_EXISTS: ')])
  expect(readdirSync(folder)).toEqual(['mine'])
  expect(readdirSync(place).sort()).toEqual(['assay', 'release'])
  for (const args of [[], ['a', 'b'], ['--publish', 'a'], ['--trial', '--check', 'a']])
    expect(release(...args).status, args.join(' ')).toBe(2)
})

test('a release that fails half-way leaves nothing', () => {
  const folder = path.join(place, 'release')
  // Its commit has no lock file.
  expect(() => makeRelease(root, folder, { isTrial: true })).toThrow('npm ci failed')
  expect(existsSync(folder)).toBe(false)
  expect(readdirSync(place)).toEqual(['assay'])
})

test('docs/releasing.md has every code', () => {
  const page = readFileSync(path.join(repository, 'docs/releasing.md'), 'utf8')
  for (const [code, { meaning, action }] of Object.entries(releaseCodes))
    expect(page).toContain(`| \`${code}\` | ${meaning} | ${action} |`)
})
