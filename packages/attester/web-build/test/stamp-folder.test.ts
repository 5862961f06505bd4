import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stampFolder } from '../src/stamp-folder.ts'

const page = '<!doctype html><script type="module" src="/assets/main.js"></script>'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'assay-stamp-'))
  await put('index.html', page)
  await put('assets/main.js', 'import "./vendor.js"; import("./lazy.js")')
  await put('assets/vendor.js', 'export {}')
  await put('assets/lazy.js', 'import "./vendor.js"; import "./of-lazy.js"')
  await put('assets/of-lazy.js', 'export {}')
})
afterEach(() => rm(folder, { recursive: true }))

async function put(name: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
  await writeFile(path.join(folder, name), text)
}
const read = (name: string) => readFile(path.join(folder, name), 'utf8')
const digest = (algorithm: string, text: string, encoding: 'hex' | 'base64' = 'hex') =>
  createHash(algorithm).update(text).digest(encoding)
const pinsOf = async (name: string) => {
  const json = /id="assay-integrity">([^<]*)</.exec(await read(name))?.[1]
  return json && Object.keys((JSON.parse(json) as { integrity: object }).integrity)
}

describe('stampFolder', () => {
  it('writes build and files into the pages and beside them, and the same when it is repeated', async () => {
    const written = await stampFolder(folder, { root: '/shop/' })
    expect(written.files).toContain('assets/lazy.js')
    expect(written.root).toBe('/shop/')
    const first = await read('index.html')
    expect(first).toContain(written.build)
    expect(JSON.parse(await read('assay-build.json'))).toEqual(written)
    expect(await stampFolder(folder, { root: '/shop/' })).toEqual(written)
    expect(await read('index.html')).toBe(first)
  })

  it('pins what pages load later, with the coverage `entry`, and keeps no copy of an earlier run', async () => {
    const first = await stampFolder(folder, { coverage: 'entry' })
    expect(await pinsOf('index.html')).toEqual(['/assets/lazy.js', '/assets/of-lazy.js'])
    await put('assets/of-lazy.js', 'export default 1')
    const second = await stampFolder(folder, { coverage: 'entry' })
    expect(second.build).not.toBe(first.build)
    const pages = (await readdir(folder)).filter((name) => name.endsWith('.html'))
    expect(pages).toEqual([`index.${second.build}.html`, 'index.html'])
    await stampFolder(folder)
    expect((await readdir(folder)).filter((name) => name.endsWith('.html'))).toEqual(['index.html'])
    expect(await pinsOf('index.html')).toBeUndefined()
  })

  it('finds lazy modules through a base, through scripts in the page, and under a root', async () => {
    await put('sub/page.html', '<base href="/shop/"><script type="module">import "./assets/main.js"</script>')
    await put('index.html', '<script>import("/shop/assets/of-lazy.js")</script>')
    await stampFolder(folder, { coverage: 'entry', root: '/shop/' })
    expect(await pinsOf('sub/page.html')).toEqual(['/shop/assets/lazy.js', '/shop/assets/of-lazy.js'])
  })

  it('refuses to pin beside an import map of the page, wherever it stands, and names the page', async () => {
    const own = '<script type="importmap">{"imports":{"a":"/assets/main.js"}}</script>'
    for (const map of [own + page, page + own]) {
      await put('sub/page.html', map)
      await expect(stampFolder(folder, { coverage: 'entry' })).rejects.toMatchObject({
        code: 'WEB_OWN_IMPORT_MAP',
        message: expect.stringContaining('sub/page.html') as string,
      })
      expect(await read('index.html')).toBe(page)
    }
    await expect(stampFolder(folder)).resolves.toMatchObject({ files: expect.anything() as string[] })
  })

  it.each([{ root: 'shop' }, { build: 'a build' }, { coverage: 'scripts' as 'entry' }])(
    'is misuse: %j',
    async (options) => {
      await expect(stampFolder(folder, options)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' })
    },
  )

  it('refuses a folder with nothing to measure', async () => {
    await rm(folder, { recursive: true })
    await put('style.css', '')
    await expect(stampFolder(folder)).rejects.toMatchObject({ code: 'WEB_NO_SCRIPT' })
  })
})

describe('a file that lists the digest of a page', () => {
  const workbox = `precacheAndRoute([{url:"index.html",revision:"${digest('md5', page)}"}])`
  const angular = JSON.stringify({ hashTable: { '/index.html': digest('sha1', page) } })

  it.each([
    ['sw.js', workbox, 'workbox generateSW'],
    ['ngsw.json', angular, 'ngsw-config'],
    ['files.txt', `index.html sha384-${digest('sha384', page, 'base64')}`, 'the command that wrote it'],
  ])(
    'is refused, with the command that writes %s again, and nothing is written',
    async (name, text, command) => {
      await put(name, text)
      await expect(stampFolder(folder)).rejects.toMatchObject({
        code: 'WEB_PAGE_HASHED',
        message: expect.stringMatching(
          new RegExp(`^${name} lists .* index\\.html .*delete ${name}, .*${command}`),
        ) as string,
      })
      expect(await read('index.html')).toBe(page)
      expect(await readdir(folder)).not.toContain('assay-build.json')
    },
  )

  it('is refused where the page was stamped after its digest was taken', async () => {
    await stampFolder(folder)
    await put('ngsw.json', angular)
    await expect(stampFolder(folder)).rejects.toMatchObject({ code: 'WEB_PAGE_HASHED' })
  })

  it('is left alone where it was written after the page was stamped', async () => {
    const { build } = await stampFolder(folder, { build: '1' })
    await put(
      'ngsw.json',
      JSON.stringify({ hashTable: { '/index.html': digest('sha1', await read('index.html')) } }),
    )
    expect(await stampFolder(folder, { build })).toMatchObject({ build: '1' })
  })

  it('is of no interest where it lists other files', async () => {
    await put('files.json', JSON.stringify({ '/main.js': digest('sha1', await read('assets/main.js')) }))
    await expect(stampFolder(folder)).resolves.toMatchObject({ build: expect.any(String) as string })
  })
})

it('names the page with two blocks, and writes nothing', async () => {
  const block = '<script type="application/json" id="assay-build">{"build":"1","files":[]}</script>'
  await put('sub/page.html', `<head>${block}${block}<script src="/assets/main.js"></script>`)
  await expect(stampFolder(folder)).rejects.toMatchObject({ code: 'WEB_BLOCK_TWICE' })
  expect(await read('index.html')).toBe(page)
})
