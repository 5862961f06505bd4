import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { examineWebFolder } from '../../src/builds/examine-web-folder.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-web-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  return folder
}

const list = (build: string, ...files: string[]) =>
  `<script type="application/json" id="assay-build">${JSON.stringify({ build, files })}</script>`
const page = (more = '') => `<!doctype html>${more}<script type="module" src="/assets/main-a1.js"></script>`
const main = { 'assets/main-a1.js': 'import("./lazy-b2.js")' }
const lazy = { 'assets/lazy-b2.js': 'export {}' }

describe('examineWebFolder', () => {
  it('finds nothing wrong with a build whose pages list its files, and takes its name from them', async () => {
    const listed = list('1.0', 'index.html', 'assets/main-a1.js', 'assets/lazy-b2.js')
    const folder = await folderOf({ 'index.html': page(listed), 'style.css': '', ...main, ...lazy })
    expect(await examineWebFolder(folder, undefined)).toEqual({ build: '1.0', warnings: [] })
    expect(await examineWebFolder(folder, '1.0')).toEqual({ build: '1.0', warnings: [] })
  })

  it.each([
    [
      'no page loads a script',
      { 'index.html': page(), ...main, ...lazy, 'assets/old-c3.js': '' },
      /^assets\/old-c3\.js are loaded by no page/,
    ],
    [
      'a script is not shown by the document',
      { 'index.html': page(), ...main, ...lazy },
      /^assets\/lazy-b2\.js are not shown/,
    ],
    [
      'there are sources',
      { 'index.html': page(), 'assets/main-a1.js': '', 'src/app.tsx': '', 'x.jsx': '' },
      /^src\/app\.tsx, x\.jsx are sources/,
    ],
    [
      'there are packages',
      { 'index.html': page('left pad'), 'assets/main-a1.js': 'left pad', 'node_modules/pad/left.js': '' },
      /^node_modules\/pad\/left\.js are sources/,
    ],
    [
      'there are source maps',
      { 'index.html': page(), 'assets/main-a1.js': '', 'assets/main-a1.js.map': '{}' },
      /^assets\/main-a1\.js\.map are source maps/,
    ],
  ])('warns where %s', async (_what, files, warning) => {
    const { warnings } = await examineWebFolder(await folderOf(files), '1')
    expect(warnings).toEqual(expect.arrayContaining([expect.stringMatching(warning)]))
  })

  it('takes the name of a build without pages from the list beside its files, and holds that to them', async () => {
    const listed = (...files: string[]) => JSON.stringify({ build: '3', files })
    const right = await folderOf({ 'assay-build.json': listed('r/main.js'), 'r/main.js': '' })
    expect(await examineWebFolder(right, undefined)).toEqual({ build: '3', warnings: [] })
    const wrong = await folderOf({ 'assay-build.json': listed(), 'r/main.js': '' })
    await expect(examineWebFolder(wrong, undefined)).rejects.toMatchObject({ code: 'CLI_FILE_LIST' })
  })

  it('tells three names, and how many more there are', async () => {
    const maps = Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`${at}.map`, '']))
    const { warnings } = await examineWebFolder(await folderOf({ 'index.html': page(), ...maps }), '1')
    expect(warnings).toEqual([expect.stringMatching(/^0\.map, 1\.map, 2\.map and 2 more are source maps/)])
  })

  it('finds chunks whose names a bundler puts together', async () => {
    const files = {
      'index.html': page(),
      'assets/main-a1.js': 'r.u=e=>"assets/"+{179:"lazy"}[e]+"."+{179:"9f8e7d"}[e]+".js"',
      'assets/lazy.9f8e7d.js': '',
    }
    const { warnings } = await examineWebFolder(await folderOf(files), '1')
    expect(warnings).toEqual([expect.stringContaining('not shown by the document')])
  })

  it('takes the copy of a page for the page', async () => {
    const listed = page(list('1', 'index.1.html', 'assets/main-a1.js'))
    const folder = await folderOf({ 'index.html': listed, 'index.1.html': listed, ...main })
    expect((await examineWebFolder(folder, undefined)).build).toBe('1')
    const other = page(list('1', 'other.1.html', 'assets/main-a1.js'))
    await expect(
      examineWebFolder(await folderOf({ 'index.html': other, 'other.1.html': other, ...main }), undefined),
    ).rejects.toThrow('does not list index.html')
  })

  it.each([
    [
      'a file that is missing',
      list('1', 'index.html', 'assets/main-a1.js', 'assets/lazy-b2.js', 'gone.js'),
      'lists gone.js',
    ],
    ['all files but one', list('1', 'index.html', 'assets/main-a1.js'), 'does not list assets/lazy-b2.js'],
    [
      'another build',
      list('2', 'index.html', 'assets/main-a1.js', 'assets/lazy-b2.js'),
      'build 2, and not of 1',
    ],
    [
      'nothing that can be read',
      '<script type="application/json" id="assay-build">{</script>',
      'index.html holds',
    ],
  ])('refuses a page that lists %s, by its name', async (_what, listed, message) => {
    const folder = await folderOf({ 'index.html': page(listed), ...main, ...lazy })
    await expect(examineWebFolder(folder, '1')).rejects.toMatchObject({
      code: 'CLI_FILE_LIST',
      message: expect.stringContaining(message) as string,
    })
  })

  it('takes a service worker that the list beside the pages leaves out for no file of theirs', async () => {
    const beside = (...files: string[]) =>
      JSON.stringify({ build: '1', files, serviceWorkers: ['sw.js', 'workbox%201.js'] })
    const own = ['assets/main-a1.js', 'index.html']
    const worker = { 'sw.js': 'importScripts("workbox 1.js")', 'workbox 1.js': '' }
    const scripts = { 'assets/main-a1.js': 'navigator.serviceWorker.register("/sw.js")', ...worker }
    const good = { 'index.html': page(list('1', ...own)), 'assay-build.json': beside(...own), ...scripts }
    expect(await examineWebFolder(await folderOf(good), undefined)).toEqual({ build: '1', warnings: [] })
    const listed = { ...good, 'index.html': page(list('1', ...own, 'sw.js')) }
    await expect(examineWebFolder(await folderOf(listed), undefined)).rejects.toMatchObject({
      code: 'CLI_FILE_LIST',
      message: expect.stringContaining('index.html lists sw.js') as string,
    })
    const unlisted = { ...good, 'more.js': '' }
    await expect(examineWebFolder(await folderOf(unlisted), undefined)).rejects.toThrow(
      'does not list more.js',
    )
  })

  it('refuses pages of different builds', async () => {
    const files = ['index.html', 'other.html', 'assets/main-a1.js', 'assets/lazy-b2.js']
    const folder = await folderOf({
      'index.html': page(list('1', ...files)),
      'other.html': page(list('2', ...files)),
      ...main,
      ...lazy,
    })
    await expect(examineWebFolder(folder, undefined)).rejects.toMatchObject({ code: 'CLI_FILE_LIST' })
  })
})
