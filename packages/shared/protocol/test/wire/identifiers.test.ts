import { expect, test } from 'vitest'
import { appIdPattern, buildIdPattern, isAudience, problemType } from '@assay/protocol'
import { problemCodes, problems } from '@assay/protocol/codes'

test.each([
  'https://api.example.com',
  'http://127.0.0.1:8080',
  'https://api.example.com/v1',
  'http://[::1]:80/a',
  'https://api.example.com/größe/\u{1f511}',
])('%s may be an audience', (text) => {
  expect(isAudience(text)).toBe(true)
})

test.each([
  '',
  'api.example.com',
  'ftp://a',
  'https://a b',
  'https://a/?q',
  'https://a/#f',
  'https://u@a',
  'HTTPS://A',
  'https://a/\u0000',
  'https://a/\u007f',
  'https://a/\u0085',
  `https://a/${'x'.repeat(255)}`,
])('%j may not be an audience', (text) => {
  expect(isAudience(text)).toBe(false)
})

test('app and build ids', () => {
  for (const id of ['com.example.app', 'web-1', 'a_b']) expect(appIdPattern.test(id)).toBe(true)
  for (const id of ['', 'ab', '.ab', 'a/b', 'a b c', 'x'.repeat(256)])
    expect(appIdPattern.test(id)).toBe(false)
  for (const id of ['1', '3.1.0+42', '2026-11-25']) expect(buildIdPattern.test(id)).toBe(true)
  for (const id of ['', '+1', 'a/b', 'a b', '../x', 'x'.repeat(129)])
    expect(buildIdPattern.test(id)).toBe(false)
})

test('problems: a client error is never 5xx, and titles say nothing of a request', () => {
  for (const code of problemCodes) {
    const { status, title } = problems[code]
    expect(status >= 500).toBe(code === 'temporarily_unavailable' || code === 'internal_error')
    expect(title).not.toMatch(/[{}$]/)
    expect(problemType(code)).toBe(`urn:assay:problem:${code}`)
  }
})
