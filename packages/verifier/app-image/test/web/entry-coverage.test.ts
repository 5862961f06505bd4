import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppImageError, readBuild } from '../../src/index.ts'
import { temporaryFolder } from '../expect-refusal.ts'

const lazy = 'export default 1;import("./deeper-2.js")'
const deeper = 'import "./app-1.js"'

const sha = (text: string, algorithm = 'sha384') =>
  `${algorithm}-${createHash(algorithm).update(text).digest('base64')}`

const integrity: Record<string, string> = {
  '/assets/lazy-1.js': sha(lazy),
  '/assets/deeper-2.js': sha(deeper, 'sha512'),
}

const mapOf = (map: unknown) => `<script type="importmap">${JSON.stringify(map)}</script>`
const pageOf = (head: string) => `<!doctype html><title>Shop</title>${head}`
const start =
  '<script type="module" crossorigin src="/assets/app-1.js"></script><link rel="modulepreload" href="/assets/vendor-1.js">'
const page = (map: unknown = { integrity }) => pageOf(mapOf(map) + start)

const files: Record<string, string> = {
  'index.html': page(),
  'assets/app-1.js': 'import "./vendor-1.js";import "./shared-1.js";const p=()=>import("./lazy-1.js")',
  'assets/vendor-1.js': 'export const v=1',
  'assets/shared-1.js': 'export const s=1',
  'assets/lazy-1.js': lazy,
  'assets/deeper-2.js': deeper,
  'assets/worker-1.js': 'postMessage(1)',
  'sw.js': 'self.skipWaiting()',
  'assets/engine.wasm': '\0asm',
}

async function covered(changes: Record<string, string | undefined> = {}): Promise<string[]> {
  const folder = temporaryFolder()
  for (const [name, content] of Object.entries({ ...files, ...changes })) {
    if (content === undefined) continue
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), content)
  }
  const { segments } = await readBuild(folder, { format: 'web', coverage: 'entry' })
  return segments.map(({ name }) => name)
}

async function refusal(changes: Record<string, string | undefined>): Promise<unknown> {
  try {
    return await covered(changes)
  } catch (error) {
    if (!(error instanceof AppImageError)) throw error
    return [error.code, error.file]
  }
}

const measured = [
  'assets/app-1.js',
  'assets/engine.wasm',
  'assets/shared-1.js',
  'assets/vendor-1.js',
  'assets/worker-1.js',
  'index.html',
  'sw.js',
]

describe('the coverage `entry`', () => {
  it('leaves out what the import map pins, and keeps what it cannot pin', async () => {
    expect(await covered()).toEqual(measured)
  })

  it('finds the files of a site that has the build under a path, and of pages in folders', async () => {
    const under = JSON.stringify(integrity).replaceAll('"/assets', '"/shop/assets')
    const inFolder = JSON.stringify(integrity).replaceAll('"/assets', '"../assets')
    expect(
      await covered({
        'index.html': page({ integrity: JSON.parse(under) as unknown }).replaceAll(
          '"/assets',
          '"/shop/assets',
        ),
        'help/index.html': page({ integrity: JSON.parse(inFolder) as unknown }).replaceAll(
          '"/assets',
          '"../assets',
        ),
      }),
    ).toEqual([...measured.slice(0, 5), 'help/index.html', ...measured.slice(5)])
  })

  it('follows names that the import map has, modules in the page, and its base', async () => {
    const map = { imports: { './gone.js': './lazy-1.js', other: '/assets/deeper-2.js' }, integrity }
    const head = `<base href="/assets/"><base href="/elsewhere/">${mapOf(map)}<script type="module">import './app-1.js';import('other')</script>`
    expect(
      await covered({
        'index.html': pageOf(head),
        'assets/app-1.js':
          'import "./vendor-1.js";import "./shared-1.js";import("./gone.js");import("unmapped");import("http://[");import(x)',
      }),
    ).toEqual(measured)
  })

  it('takes what only names other origins, data and nothing that can be read for no file', async () => {
    const head = `${mapOf({ integrity })}${start}<script src="https://cdn.example/x.js"></script><link><link rel="modulepreload"><script src="http://["></script><script src="/%ff.js"></script><script>1</script><base href="http://[">`
    expect(await covered({ 'index.html': pageOf(head) })).toEqual(measured)
  })

  it('measures a page by its copy under a name of its own', async () => {
    const entry = 'index.1.0.7.html'
    expect(await covered({ [entry]: page() })).toEqual([...measured.slice(0, 5), entry, 'sw.js'])
    expect(await covered({ [entry]: `${page()} ` })).toContain('index.html')
    expect(await covered({ 'other.html': '<p>', 'sub/index.1.0.7.html': page() })).toContain('index.html')
  })

  it('needs no map in pages without scripts, or if nothing is loaded later', async () => {
    expect(await covered({ '404.html': '<p>Not here' })).toContain('404.html')
    expect(
      await covered({
        'index.html': pageOf(start),
        'assets/app-1.js': '1',
        'assets/lazy-1.js': undefined,
        'assets/deeper-2.js': undefined,
      }),
    ).toHaveLength(measured.length)
  })

  it.each(['x(`assay:live:fold`,y)', "v='assay:sdk:assay-js/0.1.0;'", 'v="assay-js/0.1.0"'])(
    'refuses the SDK in a lazy chunk: %s',
    async (sdk) => {
      const changes = {
        'assets/lazy-1.js': sdk,
        'index.html': page({ integrity: { '/assets/lazy-1.js': sha(sdk) } }),
        'assets/deeper-2.js': undefined,
      }
      expect(await refusal(changes)).toEqual(['WEB_SDK_LAZY', 'assets/lazy-1.js'])
      // One import at the start mends it.
      const start = `import "./sdk-1.js";${files['assets/app-1.js']}`
      expect(
        await covered({ 'assets/app-1.js': start, 'assets/sdk-1.js': sdk, 'assets/deeper-2.js': deeper }),
      ).toContain('assets/sdk-1.js')
    },
  )

  it('takes what only speaks of the SDK for no SDK', async () => {
    const text = '// assay:live: and assay-js/0.1.0'
    expect(
      await covered({
        'assets/lazy-1.js': text,
        'index.html': page({ integrity: { '/assets/lazy-1.js': sha(text) } }),
        'assets/deeper-2.js': undefined,
      }),
    ).toEqual(measured)
  })

  it('takes what no engine would run as a module for a script that imports nothing', async () => {
    expect(await covered({ 'assets/vendor-1.js': 'import {' })).toEqual(measured)
  })

  /** The build with one more chunk, which `main` imports by one URL and the map pins by others. */
  const chunk = (name: string, imported: string | undefined, ...pinned: string[]) => ({
    [`assets/${name}`]: 'export default 3',
    'assets/app-1.js': `${files['assets/app-1.js']};${imported === undefined ? '' : `import(${JSON.stringify(imported)})`}`,
    'index.html': page({
      integrity: { ...integrity, ...Object.fromEntries(pinned.map((url) => [url, sha('export default 3')])) },
    }),
  })

  it.each([
    ['a name as bundlers write it', '@mui-1.js', './@mui-1.js', ['/assets/@mui-1.js']],
    [
      'signs that parsers leave',
      "!'()*:,;+&=$~[]|.js",
      "./!'()*:,;+&=$~[]|.js",
      ["./assets/!'()*:,;+&=$~[]|.js"],
    ],
    ['a sign that only some parsers escape', 'a^b.js', './a^b.js', ['/assets/a^b.js']],
    ['signs that parsers escape', 'ä "<>`{}.js', './ä "<>`{}.js', ['/assets/%C3%A4%20%22%3C%3E%60%7B%7D.js']],
    ['signs that end a path', '%?#.js', './%25%3F%23.js', ['/assets/%25%3F%23.js']],
    ['a URL that escapes what it need not', '@b.js', './%40b.js', ['/assets/%40b.js']],
    ['a way around', '@c.js', './../assets/./@c.js', ['/x/../assets/@c.js']],
    ['a query', 'd.js', './d.js?v=1', ['/assets/d.js?v=1']],
    ['more URLs than are imported', '@e.js', './@e.js', ['/assets/%40e.js', '/assets/@e.js']],
    ['what no written specifier names', '@f.js', undefined, ['/assets/@f.js']],
  ])('leaves out a chunk that is pinned by the URL of its import: %s', async (_, name, imported, pinned) => {
    expect(await covered(chunk(name, imported, ...pinned))).toEqual(measured)
  })

  it.each([
    ['escaped in the map', '@a.js', './@a.js', ['/assets/%40a.js']],
    ['escaped in the import', '@a.js', './%40a.js', ['/assets/@a.js']],
    ['escaped by some parsers only', 'a^b.js', './a^b.js', ['/assets/a%5Eb.js']],
    ['other hexadecimal digits', 'ä.js', './%c3%a4.js', ['/assets/ä.js']],
    ['no query', 'a.js', './a.js?v=1', ['/assets/a.js']],
    ['another query', 'a.js', './a.js', ['/assets/a.js?v=1']],
    ['a fragment', 'a.js', './a.js#1', ['/assets/a.js']],
    ['another path', 'a.js', './a.js', ['/shop/assets/a.js']],
    ['escaped, and imported by no written specifier', '@a.js', undefined, ['/assets/%40a.js']],
  ])('refuses a pin of another URL than is imported: %s', async (_, name, imported, pinned) => {
    expect(await refusal(chunk(name, imported, ...pinned))).toEqual(['WEB_PIN_WRONG', `assets/${name}`])
  })

  const underShop = JSON.stringify({ integrity }).replaceAll('"/assets', '"/shop/assets')
  const relative = start.replaceAll('"/assets', '"assets')
  const blockOf = (text: string) => `<script type="application/json" id="assay-build">${text}</script>`

  it('takes a page to lie where it says that its folder is served', async () => {
    const head = `<script type="importmap">${underShop}</script>${relative}`
    const build = { build: '1', files: [], root: '/shop/' }
    expect(await covered({ 'index.html': pageOf(blockOf(JSON.stringify(build)) + head) })).toEqual(measured)
    const none = ['', blockOf('{'), blockOf('null'), blockOf('{"root":"//elsewhere.example/"}')]
    for (const block of none)
      expect(await refusal({ 'index.html': pageOf(block + head) })).toEqual([
        'WEB_PIN_WRONG',
        'assets/lazy-1.js',
      ])
  })

  it('resolves the URL of a script against the base before it', async () => {
    const head = `<base href="/shop/"><script type="importmap">${underShop}</script>${relative}`
    expect(await covered({ 'index.html': pageOf(head) })).toEqual(measured)
    const late = `<script type="importmap">${underShop}</script>${relative}<base href="/shop/">`
    expect(await refusal({ 'index.html': pageOf(late) })).toEqual(['WEB_PIN_WRONG', 'assets/lazy-1.js'])
  })

  it('follows the import map of each page', async () => {
    const lead = (to: string) => page({ imports: { '/assets/gone.js': to }, integrity })
    const changes = {
      'index.html': lead('/assets/lazy-1.js'),
      'assets/app-1.js': `${files['assets/app-1.js']};import('./gone.js')`,
      'other.html': lead('/assets/deeper-2.js'),
    }
    expect(await covered(changes)).toContain('other.html')
    const other = { 'other.html': lead('/assets/%6cazy-1.js') }
    expect(await refusal({ ...changes, ...other })).toEqual(['WEB_PIN_WRONG', 'assets/lazy-1.js'])
  })

  it('comes to an end with imports that lead ever deeper', async () => {
    const changes = { 'assets/shared-1.js': 'import "./assets/shared-1.js"' }
    expect(await refusal(changes)).toEqual(['WEB_PIN_WRONG', 'assets/shared-1.js'])
  })

  const without = (url: string) => ({
    integrity: Object.fromEntries(Object.entries(integrity).filter(([each]) => each !== url)),
  })

  it.each([
    [
      'an import map without integrity',
      'WEB_NOT_PINNED',
      'assets/lazy-1.js',
      { 'index.html': page({ imports: {} }) },
    ],
    ['no import map', 'WEB_NOT_PINNED', 'assets/lazy-1.js', { 'index.html': pageOf(start) }],
    [
      'a chunk that is not pinned',
      'WEB_NOT_PINNED',
      'assets/lazy-1.js',
      { 'index.html': page(without('/assets/lazy-1.js')) },
    ],
    [
      'a chunk of a chunk that is not pinned',
      'WEB_NOT_PINNED',
      'assets/deeper-2.js',
      { 'index.html': page(without('/assets/deeper-2.js')) },
    ],
    ['a chunk of other bytes', 'WEB_PIN_WRONG', 'assets/lazy-1.js', { 'assets/lazy-1.js': `${lazy};` }],
    [
      'two digests',
      'WEB_PIN_WRONG',
      'assets/lazy-1.js',
      {
        'index.html': page({ integrity: { ...integrity, '/assets/lazy-1.js': `${sha(lazy)} ${sha('x')}` } }),
      },
    ],
    [
      'a digest that engines do not know',
      'WEB_PIN_WRONG',
      'assets/lazy-1.js',
      { 'index.html': page({ integrity: { ...integrity, '/assets/lazy-1.js': '' } }) },
    ],
    [
      'a pin of no file',
      'WEB_PIN_WRONG',
      'index.html',
      { 'index.html': page({ integrity: { ...integrity, '/gone.js': sha('') } }) },
    ],
    [
      'a pin of what a module preload loads',
      'WEB_PIN_NOT_LAZY',
      'assets/vendor-1.js',
      {
        'index.html': page({
          integrity: { ...integrity, '/assets/vendor-1.js': sha(files['assets/vendor-1.js'] as string) },
        }),
      },
    ],
    [
      'a pin of what a worker imports',
      'WEB_PIN_NOT_LAZY',
      'assets/lazy-1.js',
      { 'assets/worker-1.js': 'import "./lazy-1.js"' },
    ],
    ['pages that pin different files', 'WEB_IMPORT_MAP', 'other.html', { 'other.html': pageOf(start) }],
    [
      'a map after a module',
      'WEB_IMPORT_MAP',
      'index.html',
      { 'index.html': pageOf(start + mapOf({ integrity })) },
    ],
    [
      'a map after a preload',
      'WEB_IMPORT_MAP',
      'index.html',
      {
        'index.html': pageOf(`<link rel="modulepreload" href="/assets/vendor-1.js">${mapOf({ integrity })}`),
      },
    ],
    [
      'two maps',
      'WEB_IMPORT_MAP',
      'index.html',
      { 'index.html': pageOf(mapOf({}) + mapOf({ integrity }) + start) },
    ],
    [
      'a map elsewhere',
      'WEB_IMPORT_MAP',
      'index.html',
      { 'index.html': pageOf('<script type="importmap" src="/map.json"></script>') },
    ],
    [
      'a map that is no JSON',
      'WEB_IMPORT_MAP',
      'index.html',
      { 'index.html': pageOf('<script type="importmap">{</script>') },
    ],
    ['a map that is no object', 'WEB_IMPORT_MAP', 'index.html', { 'index.html': page([]) }],
    ['scopes', 'WEB_IMPORT_MAP', 'index.html', { 'index.html': page({ integrity, scopes: {} }) }],
    ['a prefix', 'WEB_IMPORT_MAP', 'index.html', { 'index.html': page({ imports: { 'a/': '/assets/' } }) }],
    ['a member that is no table', 'WEB_IMPORT_MAP', 'index.html', { 'index.html': page({ integrity: 'x' }) }],
    [
      'a value that is no text',
      'WEB_IMPORT_MAP',
      'index.html',
      { 'index.html': page({ imports: { a: null } }) },
    ],
    [
      'a name in the place of a URL, which engines pass over',
      'WEB_IMPORT_MAP',
      'index.html',
      { 'index.html': page({ integrity: { 'assets/lazy-1.js': sha(lazy) } }) },
    ],
    [
      'a URL that is none',
      'WEB_IMPORT_MAP',
      'index.html',
      { 'index.html': page({ imports: { a: 'http://[' } }) },
    ],
  ] as const)('refuses %s: %s names %s', async (_, code, file, changes) => {
    expect(await refusal(changes)).toEqual([code, file])
  })

  const imported = 'import("./assets/lazy-1.js")'

  it.each([
    ['a classic script', `<script>${imported}</script>`],
    ['a classic script by its type', `<script type="text/javascript">${imported}</script>`],
    ['a classic script in a file', '<script src="/sw.js"></script>'],
    ['a script with a target in the wrong attribute', `<script href="x">${imported}</script>`],
    ['a handler', `<body onload='${imported}'>`],
    ['a handler in SVG', `<svg onload='${imported}'></svg>`],
    ['a script in SVG', `<svg><script>${imported}</script></svg>`],
    ['a script of SVG in a file', '<svg><script xlink:href="/sw.js"></script></svg>'],
    ['a URL', `<a href='javascript:${imported}'>`],
    ['a URL with what engines pass over', `<form action='\n java\tscript:${imported}'>`],
    ['a template', `<template><script>${imported}</script></template>`],
    ['a document in the page', `<iframe srcdoc='<script>import("./assets/lazy-1.js")</script>'></iframe>`],
    [
      'a document in a document in the page',
      `<iframe srcdoc="<iframe srcdoc='&lt;script&gt;import(1)&lt;/script&gt;'></iframe>"></iframe>`,
    ],
  ])('wants the import map of other pages in a page with %s', async (_, text) => {
    expect(await refusal({ 'other.html': pageOf(text) })).toEqual(['WEB_IMPORT_MAP', 'other.html'])
  })

  it('takes such pages with the map, and follows what they import', async () => {
    const text = `<script>${imported}</script><body onload='${imported}'><a href='javascript:${imported}'>`
    expect(await covered({ 'other.html': page() + text })).toContain('other.html')
    for (const other of [
      '<script>import("/assets/lazy-1.js?v=2")</script>',
      '<body onload=\'import("/assets/lazy-1.js?v=2")\'>',
      '<a href=\'javascript:import("/assets/lazy-1.js%3Fv=2")\'>',
      '<template><script>import("/assets/lazy-1.js?v=2")</script></template>',
    ])
      expect(await refusal({ 'other.html': page() + other })).toEqual(['WEB_PIN_WRONG', 'assets/lazy-1.js'])
  })

  it('takes pages with nothing but data, and documents in a page that have the map', async () => {
    const data = '<script type="application/ld+json">{}</script><script type="speculationrules">{}</script>'
    expect(await covered({ 'other.html': pageOf(`${data}<p title="onload=1">`) })).toContain('other.html')
    const inner = page().replaceAll('"', '&quot;')
    expect(await covered({ 'other.html': `${page()}<iframe srcdoc="${inner}"></iframe>` })).toContain(
      'other.html',
    )
  })

  it.each([
    [
      'with a space in its type',
      `<script type=" importmap">${JSON.stringify({ integrity })}</script>${start}`,
    ],
    ['in a template', `<template>${mapOf({ integrity })}</template>${start}`],
    ['in SVG', `<svg>${mapOf({ integrity })}</svg>${start}`],
    [
      'twice, once in a template',
      `${mapOf({ integrity })}<template>${mapOf({ integrity })}</template>${start}`,
    ],
    [
      'for a page, but not for the document in it',
      `${mapOf({ integrity })}<iframe srcdoc="<script>1</script>">`,
    ],
  ])('does not take a map %s for one', async (_, head) => {
    expect(await refusal({ 'other.html': pageOf(head) })).toEqual(['WEB_IMPORT_MAP', 'other.html'])
  })

  it('gives up at documents in documents without end', async () => {
    let text = '<script>1</script>'
    for (let depth = 0; depth < 10; depth += 1)
      text = `<iframe srcdoc="${text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}">`
    expect(await refusal({ 'other.html': page() + text })).toEqual(['WEB_IMPORT_MAP', 'other.html'])
  })

  const svg = (inside: string) => `<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`

  it.each([
    ['a script in SVG', 'logo.svg', svg(`<script>${imported}</script>`)],
    ['a script with a prefix', 'logo.svg', svg('<h:script xmlns:h="http://www.w3.org/1999/xhtml"/>')],
    ['a handler in SVG', 'logo.svg', svg('<g onclick="1"/>')],
    ['a URL in SVG', 'logo.svg', svg('<a href="java&#x73;cript:1"/>')],
    ['an entity', 'feed.xml', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['a style sheet of XML', 'feed.xml', '<?xml-stylesheet type="text/xsl" href="a.xsl"?><a/>'],
    ['a frame in XML', 'feed.xml', '<iframe xmlns="http://www.w3.org/1999/xhtml" srcdoc="1"/>'],
    ['a page without a name', 'help', pageOf(`<script>${imported}</script>`)],
    ['a page with another name', 'help.shtml', pageOf(`<script>${imported}</script>`)],
    [
      'XHTML',
      'help.xhtml',
      `<html xmlns="http://www.w3.org/1999/xhtml">${mapOf({ integrity })}${start}</html>`,
    ],
    ['text in UTF-16', 'feed.xml', Buffer.from('\ufeff<a/>', 'utf16le').toString('latin1')],
    ['packed SVG', 'logo.svgz', 'gzip'],
    ['a document that is too long', 'feed.xml', `<a>${' '.repeat(17 << 20)}</a>`],
  ])('refuses %s', async (_, name, content) => {
    expect(await refusal({ [name]: content })).toEqual(['WEB_DOCUMENT_CODE', name])
  })

  it('takes documents that run nothing, and any if nothing is pinned', async () => {
    const quiet = { 'logo.svg': svg('<path d="M0 0" id="on"/>'), 'feed.xml': '<?xml version="1.0"?><a/>' }
    expect(await covered({ ...quiet, 'notes.txt': 'a < b onload=1', 'a.png': '\x89PNG' })).toEqual(measured)
    const unpinned = {
      'assets/lazy-1.js': undefined,
      'assets/deeper-2.js': undefined,
      'assets/app-1.js': '1',
    }
    const loud = { 'logo.svg': svg('<script>1</script>'), 'index.html': pageOf(start) }
    expect(await covered({ ...unpinned, ...loud })).toHaveLength(measured.length)
  })
})
