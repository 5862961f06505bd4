/** What a release is made of: each part depends on the commit alone, and a change of one byte is seen. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { archiveOf } from './archives.mjs'
import {
  bomOfArtifact,
  bomOfPackage,
  bomText,
  componentsOfLock,
  imageComponent,
  optionalPeersOfLock,
} from './bom.mjs'
import { isArtifact, wrongBoms } from './check-boms.mjs'
import { incompletePoms, missingMembers } from './check-poms.mjs'
import { checkRelease } from './check.mjs'
import { git, toolVersions } from './may-release.mjs'
import { NotRun } from './not-run.mjs'
import { bundledPackages, noticesText } from './notices.mjs'
import { pageOfRelease } from './page.mjs'
import { differences, sha256, sumsFile, writeSums, wrongSums } from './sums.mjs'

const root = path.resolve(import.meta.dirname, '../..')
let place = ''
const write = (file, text) => {
  const target = path.join(place, file)
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, text)
}
beforeAll(() => (place = mkdtempSync(path.join(os.tmpdir(), 'assay-release-parts-'))))
afterAll(() => rmSync(place, { recursive: true, force: true }))

/** What only a machine that makes releases must have. */
const { tar } = toolVersions()
if (tar === undefined)
  test('needs GNU tar', () => {
    console.log('not run: archives of a release: there is no GNU tar')
    expect(process.env.ASSAY_REQUIRE_ALL).not.toBe('1')
  })

describe.skipIf(tar === undefined)('archives', () => {
  function checkout(name, { mode, hour, content = 'b' }) {
    const folder = path.join(place, name)
    const paths = { 'a/one': 'a', 'a/two/three': content, 'a/run.sh': '#!/bin/sh' }
    for (const [file, text] of Object.entries(paths)) {
      write(`${name}/${file}`, text)
      chmodSync(path.join(folder, file), file.endsWith('.sh') ? mode | 0o100 : mode)
      utimesSync(path.join(folder, file), hour, hour)
    }
    git(folder, 'init', '--quiet')
    git(folder, 'add', '--all')
    write(`${name}/a/ignored`, 'not committed')
    return archiveOf(folder, { folder: 'a', paths: ['.'], under: 'planted', time: 1_700_000_000 })
  }

  test('are the same bytes from other folders, modes and times, and hold what git knows', () => {
    const [first, second] = [
      checkout('first', { mode: 0o600, hour: 1_600_000_000 }),
      checkout('second/deeper', { mode: 0o664, hour: 1_650_000_000 }),
    ]
    expect(sha256(first)).toBe(sha256(second))
    const { stdout } = spawnSync('tar', ['-tvzf', '-'], {
      input: first,
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
    })
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^-rw-r--r-- 0\/0 .* 2023-11-14 22:13 planted\/one$/),
      expect.stringMatching(/^-rwxr-xr-x 0\/0 .* planted\/run\.sh$/),
      expect.stringMatching(/^-rw-r--r-- 0\/0 .* planted\/two\/three$/),
    ])
  })

  test('differ if a byte does', () => {
    const [first, second] = [
      checkout('third', { mode: 0o644, hour: 1 }),
      checkout('fourth', { mode: 0o644, hour: 1, content: 'c' }),
    ]
    expect(sha256(first)).not.toBe(sha256(second))
  })

  test('are never empty', () => {
    expect(() =>
      archiveOf(path.join(place, 'first'), { paths: ['nowhere'], under: 'planted', time: 1 }),
    ).toThrow('nothing to put into planted')
  })
})

describe('sums and comparison', () => {
  const release = (name, files) => {
    for (const [file, text] of Object.entries(files)) write(`${name}/${file}`, text)
    return path.join(place, name)
  }

  test('sha256sum reads the sums; each change is seen', () => {
    const folder = release('sums', { 'npm/a.tgz': 'a', 'b c': 'b' })
    writeSums(folder)
    expect(wrongSums(folder)).toEqual([])
    // Macs have another program for it.
    const args = ['--check', '--quiet', '--strict', sumsFile]
    const { error, status } = spawnSync('sha256sum', args, { cwd: folder })
    expect(error?.code ?? status).toBe(error === undefined ? 0 : 'ENOENT')
    write('sums/npm/a.tgz', 'A')
    write('sums/more', '')
    rmSync(path.join(folder, 'b c'))
    expect(wrongSums(folder)).toEqual(['b c is missing', 'more is not listed', 'npm/a.tgz has other bytes'])
  })

  test('two releases are compared byte for byte and name for name', () => {
    const a = release('a', { same: '1', 'npm/other': '1', 'only/a': '1' })
    const b = release('b', { same: '1', 'npm/other': '2', 'only/b': '1' })
    expect(differences(a, a)).toEqual([])
    expect(differences(a, b)).toEqual([
      'only/a: only in the first',
      'only/b: only in the second',
      'npm/other: other bytes',
    ])
  })
})

describe('bills of materials', () => {
  const component = (ref, more) => ({
    'bom-ref': ref,
    type: 'library',
    name: ref.split('/').at(-1).split('@')[0],
    ...more,
  })
  const whole = {
    ...{
      $schema: 's',
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      serialNumber: 'urn:uuid:drawn',
      version: 1,
    },
    metadata: { tools: [] },
    components: ['@assay/a@1', '@assay/b@1', '@assay/kit@1', 'c@1', 'd@1', 'e@1', 'x@1'].map((ref) =>
      component(ref),
    ),
    dependencies: [
      { ref: '@assay/a@1', dependsOn: ['@assay/b@1', '@assay/kit@1', 'c@1'] },
      { ref: '@assay/b@1', dependsOn: ['d@1', 'x@1'] },
      { ref: '@assay/kit@1', dependsOn: ['x@1'] },
      { ref: 'c@1', dependsOn: ['e@1', 'c@1'] },
    ],
  }
  const dependencies = { '@assay/a': { '@assay/b': '1', c: '1' }, '@assay/b': { d: '1' }, '@assay/kit': {} }

  test('have what a package brings, to any depth, and not what it is developed with', () => {
    const bom = bomOfPackage(whole, '@assay/a', { dependencies, bundled: [] })
    expect(bom.components.map((each) => each['bom-ref'])).toEqual(['@assay/b@1', 'c@1', 'd@1', 'e@1'])
    expect(bom.metadata.component).toMatchObject({ group: '@assay', name: 'a' })
    expect(bom.dependencies[0]).toEqual({ ref: '@assay/a@1', dependsOn: ['@assay/b@1', 'c@1'] })
  })

  const lock = {
    packages: {
      '': { version: '1' },
      'node_modules/@assay/a': { link: true, version: '1' },
      'node_modules/c': { version: '1', peerDependenciesMeta: { e: { optional: true } } },
      'node_modules/x/node_modules/d': { version: '1' },
    },
  }

  test('have no peers of others that are optional', () => {
    const optionalPeers = optionalPeersOfLock(lock)
    const bom = bomOfPackage(whole, '@assay/a', { dependencies, optionalPeers, bundled: [] })
    expect(bom.components.map((each) => each['bom-ref'])).toEqual(['@assay/b@1', 'c@1', 'd@1'])
  })

  test('have what a lock file installs, which must be known', () => {
    expect(componentsOfLock(whole, lock).map((each) => each['bom-ref'])).toEqual(['c@1', 'd@1'])
    const packages = { 'node_modules/y': { version: '1' } }
    expect(() => componentsOfLock(whole, { packages })).toThrow('npm sbom does not list: y@1')
  })

  test('have what is bundled, which must be known', () => {
    const bom = (bundled) => bomOfPackage(whole, '@assay/kit', { dependencies, bundled })
    expect(bom([]).components).toEqual([])
    expect(bom(['x@1']).components.map((each) => each['bom-ref'])).toEqual(['x@1'])
    expect(() => bom(['y@1'])).toThrow('@assay/kit bundles what npm sbom does not list: y@1')
    expect(() => bomOfPackage(whole, '@assay/z', { dependencies, bundled: [] })).toThrow(
      'does not list @assay/z',
    )
  })

  test('state the time of the commit and the digest of the artifact, and nothing that was drawn', () => {
    const text = (artifact) =>
      bomText({ ...whole, metadata: { component: {} } }, Buffer.from(artifact), 1_700_000_000)
    expect(text('a')).toBe(text('a'))
    const { serialNumber, metadata } = JSON.parse(text('a'))
    expect(serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect(metadata.timestamp).toBe('2023-11-14T22:13:20.000Z')
    expect(metadata.component.hashes).toEqual([{ alg: 'SHA-256', content: sha256('a') }])
    expect(JSON.parse(text('b')).serialNumber).not.toBe(serialNumber)
  })

  test('the check misses none, and sees one of other bytes and one that is not valid', () => {
    const artifact = Buffer.from('artifact')
    write('boms/npm/a.tgz', artifact)
    const bom = bomOfArtifact({
      name: 'a',
      version: '1',
      description: 'a',
      components: [imageComponent('b:2')],
    })
    write('boms/sbom/a.tgz.cdx.json', bomText(bom, artifact, 1))
    const folder = path.join(place, 'boms')
    const said = (fault) => new Map([['sbom/a.tgz.cdx.json', fault]])
    expect(wrongBoms(folder, said(null))).toEqual([])
    expect(wrongBoms(folder, said('no name'))).toEqual(['sbom/a.tgz.cdx.json: "no name"'])
    expect(wrongBoms(folder, new Map())).toEqual(['sbom/a.tgz.cdx.json is missing'])
    write('boms/npm/a.tgz', 'another')
    expect(wrongBoms(folder, said(null))).toEqual(['sbom/a.tgz.cdx.json is of other bytes than npm/a.tgz'])
  })

  test.each([
    ['npm/assay-guard-0.1.0.tgz', true],
    ['maven/dev/assay/a/1/a-1.aar', true],
    ['maven/dev/assay/a/1/a-1.jar', true],
    ['swift/assay.tar.gz', true],
    ['maven/dev/assay/a/1/a-1-sources.jar', false],
    ['maven/dev/assay/a/1/a-1-javadoc.jar', false],
    ['maven/dev/assay/a/1/a-1.jar.sha1', false],
    ['README.md', false],
  ])('%s: an artifact? %s', (file, expected) => expect(isArtifact(file)).toBe(expected))
})

test('notices name every bundle, and every package in it', () => {
  const program =
    'commander 14.0.3: MIT\n\nText: of 1.0 it\n\n@bufbuild/protobuf 2.17.0: (Apache-2.0 AND BSD-3-Clause)\n'
  const page = '# Licenses\n\n## react - 19.3.1 (MIT)\n\n## @tanstack/store - 0.11.2 (MIT)\n'
  expect(bundledPackages(program)).toEqual(['@bufbuild/protobuf@2.17.0', 'commander@14.0.3'])
  expect(bundledPackages(page)).toEqual(['@tanstack/store@0.11.2', 'react@19.3.1'])
  const text = noticesText([
    { place: '@assay/cli: a', licenses: program },
    { place: '@assay/console: b', licenses: page },
  ])
  for (const part of ['@assay/cli: a', program.trim(), '@assay/console: b', page.trim()])
    expect(text).toContain(part)
})

test('a POM that lacks a member, and a file that lacks another beside it, are seen', () => {
  const pom = `<project a="b">
  <name>n</name><description>d</description><url>u</url>
  <licenses><license><name>n</name><url>u</url></license></licenses>
  <developers><developer><name>n</name><email>e</email></developer></developers>
  <scm><connection>c</connection><developerConnection>d</developerConnection><url>u</url></scm>
</project>`
  expect(missingMembers(pom)).toEqual([])
  expect(missingMembers(pom.replace('<email>e</email>', ''))).toEqual(['developers/developer/email'])
  expect(missingMembers(pom.replace('<url>u</url>\n  <licenses>', '<licenses>'))).toEqual(['url'])
  expect(missingMembers(pom.replace('<name>n</name><description>', '<name> </name><description>'))).toEqual([
    'name',
  ])
  const base = 'poms/maven/dev/assay/a/1/a-1'
  const endings = ['.pom', '.jar', '-sources.jar', '-javadoc.jar']
  for (const ending of endings.flatMap((each) => [each, `${each}.md5`, `${each}.sha1`]))
    write(`${base}${ending}`, pom)
  expect(incompletePoms(path.join(place, 'poms'))).toEqual([])
  rmSync(path.join(place, `${base}-sources.jar.sha1`))
  expect(incompletePoms(path.join(place, 'poms'))).toEqual(['dev/assay/a/1/a-1.pom: no a-1-sources.jar.sha1'])
})

test("the page of a release has the release's own values, and links that lead to its commit", () => {
  const page = pageOfRelease(root, {
    owner: { repository: 'https://example.com/a' },
    ...{ commit: 'c0ffee', version: '1.2.3' },
  })
  expect(page).toContain('assay-guard-1.2.3.tgz')
  expect(page).toContain('git clone --no-tags https://example.com/a assay')
  expect(page).toContain('](https://example.com/a/blob/c0ffee/docs/guides/ios.md)')
  expect(page).not.toMatch(/VERSION|COMMIT\b|\]\((?!https:)/)
  for (const [, block] of page.matchAll(/^```sh\n(.*?)^```/gms)) {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: block, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  }
})

describe('the check of a folder', () => {
  const given = (name) => {
    write(`${name}/release.json`, '{ "version": "1.0.0" }')
    writeSums(path.join(place, name))
    return path.join(place, name)
  }

  test('says what is wrong, ends with 1, and goes on with the other checks', async () => {
    const ran = []
    const checks = {
      one: ({ release }) => (ran.push(release.version), []),
      two: () => (ran.push('two'), ['a fault']),
      three: () => (ran.push('three'), []),
    }
    expect(await checkRelease(root, given('checked'), checks)).toBe(1)
    expect(ran).toEqual(['1.0.0', 'two', 'three'])
    expect(await checkRelease(root, given('checked'), { one: checks.one })).toBe(0)
  })

  test('a check that cannot be run here is no fault, unless all are required', async () => {
    const before = process.env.ASSAY_REQUIRE_ALL
    const checks = {
      one: () => {
        throw new NotRun('no tool')
      },
    }
    try {
      delete process.env.ASSAY_REQUIRE_ALL
      expect(await checkRelease(root, given('elsewhere'), checks)).toBe(0)
      process.env.ASSAY_REQUIRE_ALL = '1'
      expect(await checkRelease(root, given('elsewhere'), checks)).toBe(1)
    } finally {
      if (before === undefined) delete process.env.ASSAY_REQUIRE_ALL
      else process.env.ASSAY_REQUIRE_ALL = before
    }
  })

  test('a folder that is no release ends it with 2', async () => {
    mkdirSync(path.join(place, 'nothing'))
    expect(await checkRelease(root, path.join(place, 'nothing'), {})).toBe(2)
  })
})
