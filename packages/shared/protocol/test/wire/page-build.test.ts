import { expect, it } from 'vitest'
import { urlOfFile } from '../../src/index.ts'

it.each([
  ["assets/@a!'()*:,;+&=$~-_.[]^|.js", "assets/@a!'()*:,;+&=$~-_.[]^|.js"],
  ['a b"<>`{}\\.js', 'a%20b%22%3C%3E%60%7B%7D%5C.js'],
  ['ä/%40?#.js', '%C3%A4/%2540%3F%23.js'],
  ['%5B%7C.js', '%255B%257C.js'],
])('writes %s as URL parsers leave it', (name, url) => {
  expect(urlOfFile(name)).toBe(url)
  expect(decodeURIComponent(url)).toBe(name)
  const { pathname } = new URL(url.replaceAll('^', ''), 'https://build.invalid/')
  expect(pathname).toBe(`/${url.replaceAll('^', '')}`)
})
