import { describe, expect, it } from 'vitest'
import { readPageBlocks } from '../src/page-blocks.ts'

const placeIn = (page: string) => readPageBlocks('a.html', page).place

describe('the place of the block', () => {
  it.each([
    ['<script>', 0],
    ['<SCRIPT src="a.js">', 0],
    ['<p><script\n>', 3],
    ['<scripts><script/>', 9],
    ['< script><script>', 9],
    ['<!-- <script> --><script>', 17],
    ['<!-- <script> --!><script>', 18],
    ['<!--><script>', 5],
    ['<!---><script>', 6],
    ['<!----><script>', 7],
    ['<!-----><script>', 8],
    ['<!-- a -- > <script> --><script>', 24],
    ['<<script>', 1],
    ['<title><script></title><script>', 23],
    ['<textarea><script></textarea><script>', 29],
    ['<template><script></script></template><script>', 38],
    ['<table><script>', 7],
  ])('of %s is at %i', (page, at) => {
    expect(placeIn(page)).toBe(at)
  })

  it.each([
    '',
    '<p>',
    'script',
    '<script',
    '<!- <script>',
    '<!-- <script>',
    '<!-- <script> --',
    '<!--<script>->',
    '</script>',
    '<scripting>',
    '<link rel="preload" href="a.js">',
  ])('of %s is nowhere', (page) => {
    expect(placeIn(page)).toBeUndefined()
  })
})

const block = '<script type="application/json" id="assay-build">{"build":"1","files":[]}</script>'
const map = '<script type="importmap" id="assay-integrity">{}</script>'

describe('blocks', () => {
  it('are found as browsers find them, however a minifier has written them', () => {
    const text = '{"build":"1","files":[]}'
    const minified = `<head><script id=assay-build type=application/json>${text}</script><script src=a.js></script>`
    expect(readPageBlocks('a.html', `<head>${block}\n${map}\n<script>`)).toMatchObject({ text })
    expect(readPageBlocks('a.html', minified)).toMatchObject({ text, written: [{ start: 6 }] })
    expect(readPageBlocks('a.html', '<head><script>')).toMatchObject({ text: undefined, written: [] })
  })

  it.each([
    ['two blocks', `<head>${block}${block}<script src="a.js"></script>`],
    ['another element with its id', `<head>${block}</head><body><div id="assay-build"></div>`],
    ['a script with its id that runs', '<head><script id="assay-build">1</script>'],
  ])('are refused where a page has %s', (_, page) => {
    expect(() => readPageBlocks('shop/a.html', page)).toThrow(
      expect.objectContaining({
        code: 'WEB_BLOCK_TWICE',
        message: expect.stringContaining('shop/a.html') as string,
      }) as Error,
    )
  })

  it.each([
    ['a comment', `<head><!-- ${block} --><script src="a.js"></script>`],
    [
      'a comment, as a minifier has written it',
      '<!--<script id=assay-build type=application/json>{}</script>-->',
    ],
    ['a template', `<body><template>${block}</template><script src="a.js"></script>`],
    ['noscript', `<body><noscript>${block}</noscript><script src="a.js"></script>`],
  ])('are refused in %s', (_, page) => {
    expect(() => readPageBlocks('shop/a.html', page)).toThrow(
      expect.objectContaining({
        code: 'WEB_BLOCK_HIDDEN',
        message: expect.stringContaining('shop/a.html') as string,
      }) as Error,
    )
  })
})

it.each([
  ['comments that begin and never end', '<!--'],
  ['comments that nearly end', '<!-- --'],
  ['dashes', '<!--------'],
  ['comments that end at once', '<!-->'],
  ['tags', '<'],
  ['tags that are nearly scripts', '<scripts'],
])('a page of 400 kB of %s has no place', (_, part) => {
  expect(placeIn(part.repeat(400_000 / part.length))).toBeUndefined()
})
