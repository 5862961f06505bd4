import { describe, expect, it } from 'vitest'
import { parserOf, plainUrl } from '../../src/url/plain-url.ts'
import { standardUrl } from '../../src/url/url.ts'
import { audience, fakeWorld } from '../fake/fake-world.ts'

describe('plainUrl', () => {
  it.each([
    'https://api.example',
    'https://api.example/',
    'https://api.example:8443/v1/orders?page=2&x=https://b/#top',
    'http://localhost:3000/a/b/',
    'http://127.0.0.1/a%20b',
    'https://[::1]:8080/x;y=1,2',
  ])('reads %s as the standard does', (text) => {
    const { origin, pathname, href } = new URL(text)
    expect(plainUrl(text)).toEqual({ origin, pathname, href })
  })

  it.each([
    ['a user', 'https://api.example@evil.example/'],
    ['a password', 'https://a:b@evil.example/'],
    ['a backslash', 'https://api.example\\@evil.example/'],
    ['another backslash', 'https:\\\\api.example/'],
    ['a tab', 'https://api.example\t.evil.example/'],
    ['a line break in its query', 'https://api.example/?a\nb'],
    ['capital letters in its host', 'https://API.example/'],
    ['capital letters in its scheme', 'HTTPS://api.example/'],
    ['dot segments', 'https://api.example/v1/../admin'],
    ['dot segments that are encoded', 'https://api.example/v1/%2E%2e/admin'],
    ['a single dot', 'https://api.example/./a'],
    ['a default port', 'https://api.example:443/'],
    ['an empty port', 'https://api.example:/'],
    ['a dot at the end of its host', 'https://api.example./'],
    ['a host beyond ASCII', 'https://\u0430pi.example/'],
    ['a broken escape', 'https://api.example/%4'],
    ['another scheme', 'ftp://api.example/'],
    ['no host', 'https:///a'],
    ['no scheme', '/a'],
  ])('tells nothing of a URL with %s', (_name, text) => {
    expect(plainUrl(text)).toBeUndefined()
  })
})

describe('the parser of a platform', () => {
  it('is its own where that keeps to the standard', () => {
    expect(parserOf(URL)).toBe(standardUrl)
  })

  it.each([
    [
      'has no origin',
      class {
        get origin(): string {
          throw new Error('not implemented')
        }
      },
    ],
    [
      'adds a slash',
      class extends URL {
        override get pathname() {
          return `${super.pathname}/`
        }
      },
    ],
    ['is not there', undefined],
  ])('is ours where its own %s', (_name, parser) => {
    expect(parserOf(parser as typeof URL | undefined)).toBe(plainUrl)
  })

  it('decides which requests are protected, and what is sent is what was given', async () => {
    const made = fakeWorld()
    const sent: [unknown, Headers][] = []
    const client = made.another({
      parseUrl: plainUrl,
      fetch: (input, init) => {
        if ((input as string).startsWith('https://attest.example')) return made.service.fetch(input, init)
        sent.push([input, new Headers(init?.headers)])
        return Promise.resolve(new Response())
      },
    })
    expect((await client.getToken()).audience).toBe(audience)
    for (const url of ['https://api.example/v1/orders', 'https://api.example\\@evil.example/'])
      await client.fetch(url)
    expect(sent.map(([url]) => url)).toEqual([
      'https://api.example/v1/orders',
      'https://api.example\\@evil.example/',
    ])
    expect(sent.map(([, headers]) => headers.has('DPoP'))).toEqual([true, false])
  })
})
