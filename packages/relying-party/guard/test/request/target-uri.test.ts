import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { namesTarget, pathOf, readBaseUrl } from '../../src/request/target-uri.ts'

describe('pathOf', () => {
  test.each([
    ['/v1/orders', '/v1/orders'],
    ['/v1/orders?a=/b', '/v1/orders'],
    ['/v1/orders%23c?d', '/v1/orders%23c'],
    ['//other.example/v1', '//other.example/v1'],
    ['https://other.example/v1?x', '/v1'],
    ['HTTP://other.example', '/'],
    ['https://other.example?x', '/'],
    ['https://user@other.example/a', '/a'],
    ['/', '/'],
    [`/a?${'q'.repeat(8000)}`, '/a'],
    [`/${'a'.repeat(4095)}?q`, `/${'a'.repeat(4095)}`],
  ])('of %s is %s', (target, path) => {
    expect(pathOf(target)).toBe(path)
  })

  test.each([
    '*',
    '',
    'other.example:443',
    'v1/orders',
    'ftp://other.example/a',
    'http:///a',
    `/${'a'.repeat(4096)}?q`,
    '/v1/orders#',
    '/v1/orders?a=/b#c',
    '/#/v1/orders',
    'https://other.example/v1#x',
  ])('of %s is nothing', (target) => {
    expect(pathOf(target)).toBeUndefined()
  })
})

describe('namesTarget', () => {
  const base = 'https://api.example.com'

  test.each([
    ['https://api.example.com/a', '/a'],
    ['https://api.example.com/a?q', '/a'],
    [`https://api.example.com/a?${'q'.repeat(8000)}`, '/a'],
    ['https://api.example.com/a#f', '/a'],
    ['https://api.example.com:443/a', '/a'],
    ['https://api.example.com:/a', '/a'],
    ['HTTPS://Api.Example.com/a', '/a'],
    ['https://api.example.com', '/'],
    ['https://api.example.com/', '/'],
    ['https://api.example.com/%7Ea', '/~a'],
    ['https://api.example.com/%c3%a9', '/%C3%A9'],
    ['https://api.example.com/.well-known/..a', '/.well-known/..a'],
    // Sent as they stand by browsers, though not in the grammar.
    ['https://api.example.com/[a]|b^', '/[a]|b^'],
    ['https://api.example.com/%7e[a]', '/~[a]'],
  ])('%s names %s', (htu, path) => {
    expect(namesTarget(htu, base, path)).toBe(true)
  })

  test.each([
    ['https://api.example.com/A', '/a'],
    ['https://api.example.com/a/./b/../c', '/a/c'],
    ['https://api.example.com/a/%2e%2E/c', '/c'],
    ['https://api.example.com/a/..', '/'],
    ['https://api.example.com/a/../c', '/a/../c'],
    ['https://api.example.com/c', '/a/../c'],
    ['https://api.example.com/a/', '/a'],
    ['https://api.example.com//a', '/a'],
    ['https://api.example.com/a%2Fb', '/a/b'],
    ['https://api.example.com/a%252e', '/a.'],
    ['https://api.example.com.evil/a', '/a'],
    ['https://api.example.com@evil/a', '/a'],
    ['https://evil/https://api.example.com/a', '/a'],
    ['https://api.example.com:444/a', '/a'],
    ['http://api.example.com/a', '/a'],
    ['https://api.example.com\\a', '/a'],
    ['https:/api.example.com/a', '/a'],
    ['https:api.example.com/a', '/a'],
    [' https://api.example.com/a', '/a'],
    ['https://api.example.com/a ', '/a'],
    ['https://api.exa\tmple.com/a', '/a'],
    ['https://api.example.com:99999/a', '/a'],
    ['https://ａpi.example.com/a', '/a'],
    ['https://%61pi.example.com/a', '/a'],
    ['https://api.example.com:0443/a', '/a'],
    ['https://api.example.com/é', '/é'],
    ['https://api.example.com/a\\b', '/a\\b'],
    ['https://api.example.com/100%', '/100%'],
    ['//api.example.com/a', '/a'],
    ['/a', '/a'],
    ['', '/a'],
  ])('%s does not name %s', (htu, path) => {
    expect(namesTarget(htu, base, path)).toBe(false)
  })

  test('a base with a path is in front of the path', () => {
    expect(namesTarget('https://a.example/base/v1', 'https://a.example/base', '/v1')).toBe(true)
    expect(namesTarget('https://a.example/v1', 'https://a.example/base', '/v1')).toBe(false)
  })

  test('agrees with its own normal form: every URI names itself, and no other path', () => {
    const segment = fc.string({ unit: fc.constantFrom(...'abcXYZ019-._~!$:@'), minLength: 1, maxLength: 6 })
    const pathArbitrary = fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`)
    fc.assert(
      fc.property(pathArbitrary, pathArbitrary, (one, other) => {
        // Not by `URL`: that of Node 20 leaves the dots in `/.a/.`.
        const hasDots = one.split('/').some((part) => part === '.' || part === '..')
        expect(namesTarget(base + one, base, one)).toBe(!hasDots)
        const same = !hasDots && one === other
        expect(namesTarget(base + one, base, other)).toBe(same)
      }),
    )
  })

  test('never throws, and an htu that names the target starts with its scheme and host', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 10 }), (htu, rest) => {
        if (namesTarget(htu, base, `/${rest}`)) expect(htu.toLowerCase().startsWith(base)).toBe(true)
      }),
    )
  })
})

describe('readBaseUrl', () => {
  test.each([
    ['https://API.example.com/', 'https://api.example.com'],
    ['https://api.example.com:443', 'https://api.example.com'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://[::1]:8080/base/', 'http://[::1]:8080/base'],
    ['http://127.1', 'http://127.1'],
  ])('%s is %s', (text, base) => {
    expect(readBaseUrl(text)).toBe(base)
  })

  test.each([
    'api.example.com',
    'ftp://a',
    'https://user@a.example',
    'https://a.example/?q',
    'https://a.example:0443',
    'https://a.example:65536',
    'https://a.example/#f',
    'https://',
  ])('%s is none', (text) => {
    expect(readBaseUrl(text)).toBeUndefined()
  })
})
