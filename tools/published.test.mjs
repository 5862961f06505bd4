import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { surfaces } from './api-reports.mjs'
import { internalNotice, publicPackages, publishedPackages, publishingProblems } from './published.mjs'

const root = path.resolve(import.meta.dirname, '..')
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
const all = publishedPackages(root)

test('eight packages are public; every published package says what it is, and pins ours exactly', () => {
  expect(publicPackages).toHaveLength(8)
  expect(
    all
      .filter(({ isPublic }) => isPublic)
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...publicPackages].sort())
  const problems = all.flatMap((each) =>
    publishingProblems(each, readFileSync(path.join(root, each.dir, 'README.md'), 'utf8'), version),
  )
  expect(problems).toEqual([])
})

test('only public packages have API reports', () => {
  const reports = readdirSync(path.join(root, 'tools/api')).map((file) => file.replace('.api.md', ''))
  expect(reports.sort()).toEqual(
    surfaces(root)
      .map(({ report }) => report)
      .sort(),
  )
  const ofInternal = all.filter(({ isPublic }) => !isPublic).map(({ name }) => name.split('/')[1])
  expect(reports.filter((report) => ofInternal.some((name) => report.startsWith(name)))).toEqual([])
})

test('the option by which a service gets evidence formats of others is public', () => {
  expect(readFileSync(path.join(root, 'tools/api/service.api.md'), 'utf8')).toContain('moreSchemes?:')
})

const internal = {
  name: '@assay/planted',
  isPublic: false,
  manifest: { version: '1.0.0', description: 'Internal to Assay: planted', keywords: ['internal'] },
}
const readme = `# planted\n\n${internalNotice}\n`

test.each([
  ['a README without the notice', internal, '# planted', ['is not marked (README)']],
  [
    'a description without the mark',
    { ...internal, manifest: { ...internal.manifest, description: 'planted' } },
    readme,
    ['is not marked (description)'],
  ],
  [
    'no keyword',
    { ...internal, manifest: { ...internal.manifest, keywords: [] } },
    readme,
    ['is not marked (keywords)'],
  ],
  [
    'a public package that is marked',
    { ...internal, isPublic: true },
    '# planted',
    ['marked as internal (description)', 'marked as internal (keywords)'],
  ],
  [
    'a range',
    { ...internal, manifest: { ...internal.manifest, dependencies: { '@assay/b': '^1.0.0', c: '^2' } } },
    readme,
    ['depends on @assay/b ^1.0.0'],
  ],
  [
    'a range of a peer',
    { ...internal, manifest: { ...internal.manifest, peerDependencies: { '@assay/b': '*' } } },
    readme,
    ['depends on @assay/b *'],
  ],
  [
    'another version',
    { ...internal, manifest: { ...internal.manifest, version: '1.0.1' } },
    readme,
    ['version 1.0.1'],
  ],
])('%s is a problem', (_what, published, text, expected) => {
  const problems = publishingProblems(published, text, '1.0.0')
  expect(problems).toEqual(expected.map((each) => expect.stringContaining(each)))
})

test('an internal package that is marked has no problem', () => {
  expect(publishingProblems(internal, readme, '1.0.0')).toEqual([])
})
