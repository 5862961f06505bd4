import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readProtectedUrls } from '../../src/url/protected-urls.ts'
import { standardUrl } from '../../src/url/url.ts'

const match = readProtectedUrls(standardUrl, { 'https://api.example/v1': 'a' }, false)

it('names the audience for URLs of the origin under the prefix only', () => {
  fc.assert(
    fc.property(fc.webUrl({ validSchemes: ['http', 'https'], withQueryParameters: true }), (text) => {
      const url = new URL(text)
      const { origin, pathname } = url
      const expected = origin === 'https://api.example' && (pathname === '/v1' || pathname.startsWith('/v1/'))
      expect(match(url) !== undefined).toBe(expected)
    }),
  )
})

it('is not led astray by what can be put before or behind the prefix', () => {
  fc.assert(
    fc.property(
      fc.webPath(),
      fc.constantFrom('', 'v1', '.evil.example', '@evil.example', ':444', '%2f'),
      (path, glue) => {
        const text = `https://api.example${glue}${path}`
        if (!URL.canParse(text)) return
        const url = new URL(text)
        if (match(url) !== undefined) expect([url.host, url.username]).toEqual(['api.example', ''])
      },
    ),
  )
})

it('takes ports that are the default for none, and no other', () => {
  const withPort = readProtectedUrls(
    standardUrl,
    { 'https://api.example:443': 'a', 'http://localhost:3000/': 'b' },
    false,
  )
  expect(withPort(new URL('https://api.example/'))).toBe('a')
  expect(withPort(new URL('https://API.example:443/x'))).toBe('a')
  expect(withPort(new URL('http://localhost:3000'))).toBe('b')
  expect(withPort(new URL('http://localhost:30001/'))).toBeUndefined()
})
