import { expect, test } from 'vitest'
import { coloursFor, printable } from '../../src/terminal/terminal.ts'

test.each<[string, { isTTY?: boolean }, Record<string, string>, boolean, boolean]>([
  ['on a terminal', { isTTY: true }, {}, false, true],
  ['not into a file', {}, {}, false, false],
  ['not with NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false, false],
  ['with an empty NO_COLOR', { isTTY: true }, { NO_COLOR: '' }, false, true],
  ['not on a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false, false],
  ['not with --json', { isTTY: true }, {}, true, false],
])('colours %s', (_name, stream, env, json, wanted) => {
  expect(coloursFor(stream, env, json).isColorSupported).toBe(wanted)
})

test('a terminal obeys nothing of what is printed', () => {
  expect(printable('a\u001b[2Jb\nc\u009b\u202ed\u2066')).toBe('a\\u001b[2Jb\\u000ac\\u009b\\u202ed\\u2066')
  expect(printable('Ünïcode – 漢字')).toBe('Ünïcode – 漢字')
})
