import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writePageBuild } from '../src/write-page-build.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'assay-web-build-'))
  await put('index.html', '<!doctype html><script type="module" src="/assets/main.js"></script>')
  await put('sub/page.html', '<!doctype html><script type="module" src="/assets/main.js"></script>')
  await put('assets/main.js', 'main')
  await put('assets/a 100%#?.js', 'odd')
  await put('assets/style.css', '')
  await put('sw.js', 'service worker')
})
afterEach(() => rm(folder, { recursive: true }))

async function put(name: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
  await writeFile(path.join(folder, name), text)
}
const read = (name: string) => readFile(path.join(folder, name), 'utf8')
const listOf = async (page: string): Promise<unknown> =>
  JSON.parse(/id="assay-build">([^<]*)</.exec(await read(page))?.[1] ?? '')

describe('writePageBuild', () => {
  it('writes all segments, as URLs, into every page and into a file', async () => {
    const files = ['assets/a%20100%25%23%3F.js', 'assets/main.js', 'index.html', 'sub/page.html', 'sw.js']
    const written = { build: '1.0', files }
    expect(await writePageBuild(folder, { build: '1.0' })).toEqual(written)
    expect(await listOf('index.html')).toEqual(written)
    expect(await listOf('sub/page.html')).toEqual(written)
    expect(JSON.parse(await read('assay-build.json'))).toEqual(written)
  })

  it('gives the same content the same name, whatever it was called before, and other content another', async () => {
    const { build } = await writePageBuild(folder, {})
    expect(build).toMatch(/^[0-9a-f]{16}$/)
    await writePageBuild(folder, { build: 'other' })
    expect((await writePageBuild(folder, {})).build).toBe(build)
    await put('sw.js', 'service worker 2')
    expect((await writePageBuild(folder, {})).build).not.toBe(build)
  })

  it('gives the same content another name for each coverage and root', async () => {
    const ways = [{}, { coverage: 'entry' }, { root: '/shop/' }, { coverage: 'entry', root: './' }] as const
    const names: string[] = []
    for (const way of ways) {
      names.push((await writePageBuild(folder, way)).build)
      // The copy that `entry` writes is of its own build.
      await rm(path.join(folder, `index.${names.at(-1)}.html`), { force: true })
    }
    expect(new Set(names).size).toBe(ways.length)
    expect((await writePageBuild(folder, { coverage: 'image', root: '/' })).build).toBe(names[0])
  })

  it('lists a copy of index.html in its place for the coverage `entry`, and no copy of other pages', async () => {
    const { files } = await writePageBuild(folder, { build: '1.0', coverage: 'entry' })
    expect(files.filter((name) => name.endsWith('.html'))).toEqual(['index.1.0.html', 'sub/page.html'])
    expect(await read('index.1.0.html')).toBe(await read('index.html'))
    expect(await listOf('index.html')).toEqual({ build: '1.0', files })
  })

  it.each([
    ['/shop/', '/shop/', '/shop/'],
    ['./', './', '../'],
  ])('says where the folder is: root %s', async (root, fromTop, fromBelow) => {
    await writePageBuild(folder, { root })
    expect(await listOf('index.html')).toMatchObject({ root: fromTop })
    expect(await listOf('sub/page.html')).toMatchObject({ root: fromBelow })
  })

  it('pins lazy chunks by their digests, and takes that back when asked for none', async () => {
    await writePageBuild(folder, { build: '1' }, ['assets/main.js'])
    const map = /<script type="importmap"[^>]*>([^<]*)</.exec(await read('index.html'))?.[1] ?? ''
    const digest = createHash('sha384').update('main').digest('base64')
    expect(JSON.parse(map)).toEqual({ integrity: { '/assets/main.js': `sha384-${digest}` } })
    await writePageBuild(folder, { build: '1' })
    expect(await read('index.html')).not.toContain('importmap')
  })

  it('writes URLs as bundlers and browsers do, so that a pin is of the URL that is requested', async () => {
    const names = ["assets/@mui!'()*:,;+&=$~-[]|^1.js", 'assets/ä "<>`{}\\%40?#.js', 'a:b.js']
    for (const name of names) await put(name, '1')
    const { files } = await writePageBuild(folder, { build: '1' }, names)
    const map = /<script type="importmap"[^>]*>([^<]*)</.exec(await read('index.html'))?.[1] ?? ''
    const { integrity } = JSON.parse(map) as { integrity: Record<string, string> }
    const odd = 'assets/%C3%A4%20%22%3C%3E%60%7B%7D%5C%2540%3F%23.js'
    expect(Object.keys(integrity)).toEqual([`/${names[0]}`, `/${odd}`, '/a:b.js'])
    expect(files).toEqual(expect.arrayContaining([names[0], odd, 'a%3Ab.js']))
    const site = 'https://app.example/'
    const found = files.map((file) => new URL(file, site).href)
    expect(found.every((url) => url.startsWith(site))).toBe(true)
    // What the bundler writes is the name.
    const requested = new URL(`./${names[0]?.slice('assets/'.length)}`, `${site}assets/main.js`).href
    expect(found).toContain(requested)
    expect(Object.keys(integrity).map((url) => new URL(url, site).href)).toContain(requested)
    const decoded = files.map(decodeURIComponent)
    expect(decoded).toEqual(expect.arrayContaining(names))
  })

  it('refuses a folder with nothing to measure', async () => {
    await rm(folder, { recursive: true })
    await put('style.css', '')
    await expect(writePageBuild(folder, {})).rejects.toMatchObject({ code: 'WEB_NO_SCRIPT' })
  })
})
