import { expect, test } from 'vitest'
import { checkConfig, ProxyConfigError, readConfig } from '@assay/proxy'
import { common, secret, secretsOf } from '../proxy-world.ts'

const files = new Map([
  ['/key', `${secret}\n`],
  ['/empty', '\n'],
  ['/short', '1234567'],
  ['/lines', `${secret}\n${secret}\n`],
])

function codeOf(text: string): string {
  try {
    checkConfig(readConfig(text), secretsOf(files))
    return 'accepted'
  } catch (error) {
    if (!(error instanceof ProxyConfigError)) throw error
    expect(error.message).not.toContain(secret)
    return error.code
  }
}

const good = {
  name: 'messages',
  methods: ['POST'],
  path: '/v1/messages',
  upstream: 'https://api.example.net',
  inject: { fields: { 'x-api-key': { file: '/key' } } },
}
const withRoute = (more: object) => `${common}routes: ${JSON.stringify([{ ...good, ...more }])}\n`
const inject = (fields: object) => ({ inject: { fields } })
const affirming = { installation: { requests: ['1/min'] } }

test('the same configuration without a fault is accepted', () => {
  expect(codeOf(withRoute({}))).toBe('accepted')
  expect(codeOf(withRoute({ meter: affirming, json: { demand: { '/model': { one_of: ['a'] } } } }))).toBe(
    'accepted',
  )
})

test.each<[string, string, string]>([
  ['text that is no YAML', `${common}routes: [`, 'PROXY_CONFIG_YAML'],
  ['a key twice', `${common}issuer: https://other.example\n`, 'PROXY_CONFIG_YAML'],
  ['an alias', `${common}routes: &all []\norigins: *all\n`, 'PROXY_CONFIG_YAML'],
  ['nothing', '', 'PROXY_CONFIG_FORM'],
  ['no routes', `${common}routes: []\n`, 'PROXY_CONFIG_FORM'],
  ['no apps', withRoute({}).replace('[com.example.app]', '[]'), 'PROXY_CONFIG_FORM'],
  ['no tiers', withRoute({}).replace('[affirming]', '[]'), 'PROXY_CONFIG_FORM'],
  ['no methods', withRoute({ methods: [] }), 'PROXY_CONFIG_FORM'],
  ['a method that passes nowhere', withRoute({ methods: ['TRACE'] }), 'PROXY_CONFIG_FORM'],
  ['no apps of a route', withRoute({ apps: [] }), 'PROXY_CONFIG_FORM'],
  ['an unknown member', withRoute({ injects: {} }), 'PROXY_CONFIG_FORM'],
  ['the secret itself', withRoute(inject({ 'x-api-key': secret })), 'PROXY_CONFIG_FORM'],
  [
    'a secret in place of a member',
    withRoute(inject({ 'x-api-key': { value: secret } })),
    'PROXY_CONFIG_FORM',
  ],
  [
    'a source that is two',
    withRoute(inject({ a: { file: '/key', environment: 'KEY' } })),
    'PROXY_CONFIG_FORM',
  ],
  [
    'a WebSocket whose messages would not be stripped',
    withRoute({ methods: ['GET'], upgrade: { most_seconds: 1, most_bytes: 1 }, answers: { strip: true } }),
    'PROXY_CONFIG_FORM',
  ],
  ['an upgrade without GET', withRoute({ upgrade: { most_seconds: 1, most_bytes: 1 } }), 'PROXY_CONFIG_FORM'],
  [
    'plain http to another machine',
    withRoute({ upstream: 'http://api.example.net' }),
    'PROXY_CONFIG_UPSTREAM',
  ],
  [
    'a password in the upstream',
    withRoute({ upstream: 'https://a:b@api.example.net' }),
    'PROXY_CONFIG_UPSTREAM',
  ],
  [
    'a query in the upstream',
    withRoute({ upstream: 'https://api.example.net/?key=1' }),
    'PROXY_CONFIG_UPSTREAM',
  ],
  [
    'dots in the upstream',
    withRoute({ upstream: 'https://api.example.net/a/../b' }),
    'PROXY_CONFIG_UPSTREAM',
  ],
  ['a path that is no pattern', withRoute({ path: 'v1' }), 'PROXY_CONFIG_PATH'],
  ['dots in a path', withRoute({ path: '/v1/../admin' }), 'PROXY_CONFIG_PATH'],
  ['a wildcard in the middle', withRoute({ path: '/v1/**/a' }), 'PROXY_CONFIG_PATH'],
  ['no injection', withRoute({ inject: {} }), 'PROXY_CONFIG_INJECTION'],
  ['an injection of Host', withRoute(inject({ Host: { file: '/key' } })), 'PROXY_CONFIG_INJECTION'],
  ['an injection of DPoP', withRoute(inject({ DPoP: { file: '/key' } })), 'PROXY_CONFIG_INJECTION'],
  [
    'one field twice',
    withRoute(inject({ 'X-Key': { file: '/key' }, 'x-key': { file: '/key' } })),
    'PROXY_CONFIG_INJECTION',
  ],
  ['a secret that is missing', withRoute(inject({ a: { file: '/missing' } })), 'PROXY_CONFIG_SECRET'],
  ['a secret that is empty', withRoute(inject({ a: { file: '/empty' } })), 'PROXY_CONFIG_SECRET'],
  ['a secret that is short', withRoute(inject({ a: { file: '/short' } })), 'PROXY_CONFIG_SECRET'],
  ['a secret of two lines', withRoute(inject({ a: { file: '/lines' } })), 'PROXY_CONFIG_SECRET'],
  ['a variable that is missing', withRoute(inject({ a: { environment: 'NONE' } })), 'PROXY_CONFIG_SECRET'],
  ['a variable that is empty', withRoute(inject({ a: { environment: 'EMPTY' } })), 'PROXY_CONFIG_SECRET'],
  ['demands of nothing', withRoute({ json: {} }), 'PROXY_CONFIG_JSON'],
  ['demands on a GET', withRoute({ methods: ['GET'], json: { set: { '/a': 1 } } }), 'PROXY_CONFIG_JSON'],
  [
    'demands on more than 1 MiB',
    withRoute({ json: { set: { '/a': 1 } }, body: { most_bytes: 2 ** 21 } }),
    'PROXY_CONFIG_JSON',
  ],
  [
    'a value that is set and not allowed',
    withRoute({ json: { set: { '/n': 5 }, demand: { '/n': { at_most: 4 } } } }),
    'PROXY_CONFIG_JSON',
  ],
  [
    'a member and one below it',
    withRoute({ json: { set: { '/a/b': 5 }, demand: { '/a': { is: 4 } } } }),
    'PROXY_CONFIG_JSON',
  ],
  ['a meter that limits nothing', withRoute({ meter: {} }), 'PROXY_CONFIG_METER'],
  [
    'a limit that reinstalling avoids',
    withRoute({ tiers: ['warning'], meter: affirming }),
    'PROXY_CONFIG_METER',
  ],
  ['a trusted proxy that is none', `trusted_proxies: [proxy]\n${withRoute({})}`, 'PROXY_CONFIG_PROXY'],
])('%s is refused', (_, text, code) => {
  expect(codeOf(text)).toBe(code)
})

test.each<[string, object, object, boolean]>([
  ['the same path and method', {}, {}, true],
  ['a path and a pattern of it', {}, { path: '/v1/*' }, true],
  ['two patterns with a common path', { path: '/v1/*/c' }, { path: '/v1/b/**' }, true],
  ['other methods', {}, { methods: ['GET'] }, false],
  ['other paths', {}, { path: '/v1/messages/' }, false],
  ['a pattern that begins one segment later', {}, { path: '/v1/messages/**' }, false],
])('of routes with %s, overlap: %#', (_, one, other, overlaps) => {
  const text = `${common}routes: ${JSON.stringify([
    { ...good, ...one },
    { ...good, name: 'other', ...other },
  ])}\n`
  expect(codeOf(text)).toBe(overlaps ? 'PROXY_CONFIG_ROUTES_OVERLAP' : 'accepted')
})
