import { describe, expect, it } from 'vitest'
import { parseGuide } from '../../src/guides/parse-guide.ts'

const guide = (...lines: string[]) => parseGuide(lines.join('\n'))

describe('parseGuide', () => {
  it('types blocks of shell into the first terminal, or the one that the line before them names', () => {
    const second = ['Start it', 'in a second terminal:', '', '```sh', 'serve', '```']
    expect(guide('```sh', 'npm ci', '```', '', ...second, '', '```sh', 'ls', '```')).toEqual([
      { kind: 'shell', line: 1, terminal: 'first', text: 'npm ci\n', shows: [] },
      { kind: 'shell', line: 8, terminal: 'second', text: 'serve\n', shows: [] },
      { kind: 'shell', line: 12, terminal: 'first', text: 'ls\n', shows: [] },
    ])
  })

  it('takes a terminal that is used again after Ctrl-C for the same terminal', () => {
    expect(guide('In the third terminal, after Ctrl-C:', '```sh', 'node api.js', '```')).toMatchObject([
      { terminal: 'third' },
    ])
  })

  it('takes a terminal that is spoken of, and leads to no block, for nothing', () => {
    expect(guide('It runs in the third terminal.', '', '```sh', 'ls', '```')).toMatchObject([
      { terminal: 'first' },
    ])
  })

  it.each([
    ['js', '// src/api.js', 'src/api.js'],
    ['html', '<!-- index.html -->', 'index.html'],
    ['yaml', '# compose.yaml', 'compose.yaml'],
  ])('saves a block of %s under the name in its first line', (language, comment, name) => {
    expect(guide(`\`\`\`${language}`, comment, 'content', '```')).toEqual([
      { kind: 'file', line: 1, name, text: `${comment}\ncontent\n` },
    ])
  })

  it('leaves blocks to be read that name no file or have no language', () => {
    expect(
      guide('```js', 'const a = 1', '```', '```', 'npm publish', '```', '```http', 'GET /', '```'),
    ).toEqual([])
  })

  it('opens pages', () => {
    expect(guide('Open <http://127.0.0.1:4173/>:', '', '```text', '200', '```')).toEqual([
      { kind: 'open', line: 1, url: 'http://127.0.0.1:4173/', shows: ['200'] },
    ])
  })

  it('presses Ctrl-C', () => {
    expect(guide('Press Ctrl-C in the second terminal. Nothing', 'is issued from now on.')).toEqual([
      { kind: 'stop', line: 1, terminal: 'second' },
    ])
  })

  it('takes a block of text for what the step before it shows', () => {
    expect(guide('```sh', 'ls', '```', 'prints:', '```text', 'a', '…', '```')).toMatchObject([
      { shows: ['a', '…'] },
    ])
  })

  it('refuses text that no step shows', () => {
    expect(() => guide('```text', 'a', '```')).toThrow('line 1: nothing before it shows this text')
    expect(() => guide('```js', '// a.js', '```', '```text', 'a', '```')).toThrow('line 4')
    expect(() => guide('```sh', 'ls', '```', '```text', 'a', '```', '```text', 'b', '```')).toThrow('line 7')
  })

  it('refuses a block that is not closed', () => {
    expect(() => guide('```sh', 'ls')).toThrow('line 1: the block is not closed')
  })
})
