import { describe, expect, it } from 'vitest'
import { firstScript, type PageText } from '../src/first-script.ts'

describe('the first script', () => {
  it.each([
    ['<script>', 0],
    ['<SCRIPT src="a.js">', 0],
    ['<p><script\n>', 3],
    ['<script', 0],
    ['<scripts><script/>', 9],
    ['< script><script>', 9],
    ['<!-- <script> --><script>', 17],
    ['<!-- <script> --!><script>', 18],
    ['<!--><script>', 5],
    ['<!---><script>', 6],
    ['<!----><script>', 7],
    ['<!-----><script>', 8],
    ['<!-- a -- > <script> --><script>', 24],
    ['<!- <script>', 4],
    ['<<script>', 1],
  ])('of %s begins at %i', (page, at) => {
    expect(firstScript(page)).toBe(at)
  })

  it.each([
    '',
    '<p>',
    'script',
    '<!-- <script>',
    '<!-- <script> --',
    '<!--<script>->',
    '</script>',
    '<scripting>',
  ])('of %s is none', (page) => {
    expect(firstScript(page)).toBeUndefined()
  })
})

/** A page that counts the characters that are read of it. */
function counted(page: string): PageText & { read: number } {
  const text = {
    read: 0,
    indexOf(what: string, from = 0): number {
      const at = page.indexOf(what, from)
      text.read += (at === -1 ? page.length : at + what.length) - from
      return at
    },
    startsWith(what: string, from = 0): boolean {
      text.read += what.length
      return page.startsWith(what, from)
    },
    slice(from = 0, to = page.length): string {
      text.read += Math.min(to, page.length) - from
      return page.slice(from, to)
    },
  }
  return text
}

it.each([
  ['comments that begin and never end', '<!--'],
  ['comments that nearly end', '<!-- --'],
  ['dashes', '<!--------'],
  ['comments that end at once', '<!-->'],
  ['tags', '<'],
  ['tags that are nearly scripts', '<scripts'],
])('a page of 400 kB of %s is read about once', (_, part) => {
  const page = counted(part.repeat(400_000 / part.length))
  expect(firstScript(page)).toBeUndefined()
  // Up to eleven characters are looked at where a tag begins, and two where dashes stand.
  expect(page.read).toBeLessThan(16 * 400_000)
})
