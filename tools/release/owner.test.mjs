import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readOwner, statedOtherwise, unfilledMembers } from './owner.mjs'

const root = path.resolve(import.meta.dirname, '../..')
const files = [
  ...['owner.json', 'SECURITY.md', 'Assay.podspec', 'AssayCore.podspec', 'deploy/helm/assay/Chart.yaml'],
  ...['packages/attester/react-native/AssayReactNative.podspec', '.github/CODEOWNERS'],
]
const owner = {
  name: "O'Neil \\ Sons",
  homepage: 'https://example.com/assay',
  repository: 'https://example.com/o/assay',
  securityContact: 'security@example.com',
  developers: [
    { name: "A: B's", email: 'a@example.com' },
    { name: 'C', email: 'c@example.com' },
  ],
  codeOwners: ['@a', 'c@example.com'],
}
let place = ''
beforeEach(() => {
  place = mkdtempSync(path.join(os.tmpdir(), 'assay-owner-'))
  for (const file of files) {
    mkdirSync(path.dirname(path.join(place, file)), { recursive: true })
    copyFileSync(path.join(root, file), path.join(place, file))
  }
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

test('every file says what owner.json says: npm run owner', () => {
  expect(statedOtherwise(root, readOwner(root))).toEqual([])
})

test('another owner is written into every file, and is then stated by all of them', () => {
  expect(statedOtherwise(place, owner).sort()).toEqual(files.filter((file) => file !== 'owner.json').sort())
  statedOtherwise(place, owner, true)
  expect(statedOtherwise(place, owner)).toEqual([])
  const text = (file) => readFileSync(path.join(place, file), 'utf8')
  expect(text('.github/CODEOWNERS')).toContain('\n* @a c@example.com\n')
  expect(text('SECURITY.md')).toContain('mail to <security@example.com>')
  expect(text('Assay.podspec')).toContain(String.raw`s.author = 'O\'Neil \\ Sons'`)
  expect(text('deploy/helm/assay/Chart.yaml')).toContain("- name: 'A: B''s'\n    email: a@example.com\n")
  for (const file of files.slice(1)) expect(text(file), file).not.toContain('owner.invalid')
})

test('a placeholder is named by its member; a filled one is not', () => {
  expect(unfilledMembers(owner)).toEqual([])
  expect(unfilledMembers({ ...owner, homepage: 'https://owner.invalid' })).toEqual(['homepage'])
  const developers = [{ name: 'A', email: 'a@owner.invalid' }]
  expect(unfilledMembers({ ...owner, developers })).toEqual(['developers'])
})

test.each([
  ['a member that is missing', { codeOwners: undefined }, 'codeOwners is missing or empty'],
  ['an empty list', { developers: [] }, 'developers is missing or empty'],
  ['a blank', { securityContact: ' ' }, 'securityContact is missing or empty'],
  ['an unknown member', { contact: 'a' }, 'contact is unknown'],
])('%s is refused', (_what, change, message) => {
  writeFileSync(path.join(place, 'owner.json'), JSON.stringify({ ...owner, ...change }))
  expect(() => readOwner(place)).toThrow(new TypeError(`owner.json: ${message}`))
})
